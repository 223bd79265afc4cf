"""`moderation record`: the record of work, from the terminal."""

import click

from moderation.cases.verify import differences
from moderation.database import only_reading


@click.group("record")
def record_group() -> None:
    """The record of decisions and what follows from it."""


@record_group.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Recompute every status and every count from its rows; say where they differ."""
    found = 0
    with only_reading():
        for sentence in differences():
            click.echo(sentence)
            found += 1
    click.echo(f"{found} differ." if found else "Every status and every count holds.")
    context.exit(1 if found else 0)
