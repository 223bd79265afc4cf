"""Bring the database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from moderation.database import db

FOLDER = Path(__file__).parent


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(revision: str = "head") -> None:
    """Run what is missing, in one transaction; safe to run twice."""
    with db.engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(revision: str) -> None:
    """Go back to `revision`; "base" is an empty database."""
    with db.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def draft(message: str) -> None:
    """For developers: write a new migration from the difference to the models."""
    with db.engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def is_current() -> bool:
    """Whether the database has the newest schema."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
