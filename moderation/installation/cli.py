"""`moderation db`: the schema, from the terminal."""

import click

from moderation.installation import service as installation
from moderation.migrations import service


@click.group("db")
def db_group() -> None:
    """The database's schema."""


@db_group.command()
def upgrade() -> None:
    """Bring the database to the newest schema. Safe to run twice."""
    installation.prepare()
    click.echo("The database is up to date.")


@db_group.command(hidden=True)
@click.argument("message")
def draft(message: str) -> None:
    """Write a new migration from the difference between the models and the database."""
    service.draft(message)
