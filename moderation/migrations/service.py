"""Bring the database to the newest schema.

Alembic is loaded only to do so: every process asks whether the schema is current, few change it.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from moderation.database import db

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
# two servers starting at once take turns; any number, used for nothing else
LOCK = text("SELECT pg_advisory_xact_lock(5279403311)")


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(revision: str = "head") -> None:
    """Run what is missing, in one transaction; safe to run twice."""
    from alembic import command

    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(LOCK)  # SQLite let nobody else begin to write
        command.upgrade(_config(connection), revision)


def downgrade(revision: str) -> None:
    """Go back to `revision`; "base" is an empty database."""
    from alembic import command

    with db.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def draft(message: str) -> None:
    """For developers: write a new migration from the difference to the models."""
    from alembic import command

    with db.engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def is_current() -> bool:
    """Whether the database has the newest schema; cheap enough to be asked often."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(found == newest())


@cache
def newest() -> str:
    """The last migration's number, with which its file's name begins."""
    return max(file.name.partition("_")[0] for file in FOLDER.glob("versions/[0-9]*.py"))
