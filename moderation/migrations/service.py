"""Bring the database to the newest schema.

Alembic is loaded only to do so: every process asks whether the schema is current, few change it.
"""

import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from moderation.database import db
from moderation.errors import Refused

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
# two servers starting at once take turns; any number, used for nothing else
LOCK = text("SELECT pg_advisory_xact_lock(5279403311)")
# who waits for a whole table has everybody else wait behind: not for long, but several times
WAIT = text("SET LOCAL lock_timeout = '3s'")
TRIES = 5
PAUSE = 3.0  # seconds
GAVE_WAY = {"55P03", "40P01"}  # of PostgreSQL: it did not get a lock in time, or at all

OLD = "The database is not up to date. Run `moderation db upgrade` first."
NEW = "The database was made by a newer version of this program. Install that one."
BUSY = (
    "Somebody works on the database for long (a backup, perhaps), so nothing was changed. "
    "Try again when they are done."
)


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(revision: str = "head") -> None:
    """Run what is missing, in one transaction; safe to run twice, and while others work.

    Refused if the database is a later program's, that this one cannot run on, or too busy.
    """
    for left in reversed(range(TRIES)):
        try:
            _upgrade(revision)
        except OperationalError as error:
            if not _is_busy(error):
                raise
            if not left or db.engine.dialect.name == "sqlite":  # which has waited long enough
                raise Refused(BUSY) from error
        else:
            return
        time.sleep(PAUSE)


def _upgrade(revision: str) -> None:
    with db.engine.begin() as connection:
        take_turn(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(WAIT)
        found = revision_of(connection)
        if revision == "head" and number_of(found) == newest():
            return
        if number_of(found) <= newest():
            step(connection, revision)
        elif not runs_on(found):
            raise Refused(NEW)


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", "") in GAVE_WAY or "locked" in str(error.orig)


def downgrade(revision: str) -> None:
    """Go back to `revision`; "base" is an empty database."""
    with db.engine.begin() as connection:
        step_back(connection, revision)


def take_turn(connection: Connection) -> None:
    """Nobody else changes the schema before this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)  # SQLite let nobody else begin to write


def step(connection: Connection, revision: str = "head") -> None:
    """Up to `revision`, in the caller's transaction."""
    from alembic import command

    command.upgrade(_config(connection), revision)


def step_back(connection: Connection, revision: str) -> None:
    """Down to `revision`, in the caller's transaction."""
    from alembic import command

    command.downgrade(_config(connection), revision)


def draft(message: str) -> None:
    """For developers: write a new migration from the difference to the models."""
    from alembic import command

    with db.engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def is_ours(thing: Any, name: str | None, kind: str, *_more: object) -> bool:
    """What models and database are compared by: without tables that exist for another one's sake,
    to search it or as its part, and without what points at those."""
    if kind == "foreign_key_constraint":
        return not any(_is_inner(key.target_fullname) for key in thing.elements)
    return kind != "table" or not _is_inner(name or "")


def _is_inner(name: str) -> bool:
    return name.startswith(("log_words_", "event_"))


def is_current() -> bool:
    """Whether this program can run on the database: it has the newest schema that we know, or a
    later one that we can run on. Cheap enough to be asked often.
    """
    return not trouble()


def trouble() -> str:
    """Why this program cannot run on the database, a sentence; "" if it can."""
    with db.engine.connect() as connection:
        return trouble_with(revision_of(connection))


def trouble_with(revision: str | None) -> str:
    if runs_on(revision):
        return ""
    return NEW if number_of(revision) > newest() else OLD


def runs_on(revision: str | None) -> bool:
    """Whether this program runs on a schema of that revision.

    A later one says in its name how old a program may be: "0007_0006" is the seventh, and only adds
    what a program that knows the sixth leaves alone. So the old and the new run side by side while
    one takes the other's place.
    """
    number, _, oldest = (revision or "").partition("_")
    return number == newest() or (number > newest() >= (oldest or number))


def revision_of(connection: Connection) -> str | None:
    """The schema that the database has; None if it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def number_of(revision: str | None) -> str:
    """The place in the order of all migrations."""
    return (revision or "").partition("_")[0]


@cache
def known() -> frozenset[str]:
    """The migrations' numbers, with which their files' names begin."""
    return frozenset(file.name.partition("_")[0] for file in FOLDER.glob("versions/[0-9]*.py"))


def newest() -> str:
    """The last migration's number."""
    return max(known())
