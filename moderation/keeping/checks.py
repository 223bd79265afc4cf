"""Does the installation hold together? Read-only, in one snapshot, in bounded memory."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from moderation.cases import verify
from moderation.database import db
from moderation.events import audit
from moderation.keeping.references import broken
from moderation.migrations import service as migrations

Look = Callable[[], Iterator[str]]


def everything() -> Iterator[tuple[str, Iterator[str]]]:
    """What is looked at, and a sentence for each thing wrong with it, to be read to its end.

    The caller takes no write lock (`database.only_reading`) and ends the transaction.
    """
    connection = db.session.connection(execution_options=_one_snapshot())
    if connection.dialect.name == "sqlite":
        yield "The database's file", _readable(lambda: _file(connection))
    if trouble := migrations.trouble_with(migrations.revision_of(connection)):
        yield "The schema", iter([trouble])
        return
    looked_at: tuple[tuple[str, Look], ...] = (
        ("Foreign keys", lambda: broken(connection)),
        ("Statuses and counts", verify.differences),
        ("The chains of events", _chains),
    )
    for name, look in looked_at:
        yield name, _readable(look)


def _readable(look: Look) -> Iterator[str]:
    """What cannot even be read is one thing wrong."""
    try:
        yield from look()
    except DatabaseError as error:
        yield f"It cannot be read: {str(error.orig).splitlines()[0]}."


def _one_snapshot() -> dict[str, str]:
    """SQLite's transactions are that already."""
    return {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


def _file(connection: Connection) -> Iterator[str]:
    for said in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
        if said != "ok":
            yield f"SQLite says: {said}."


def _chains() -> Iterator[str]:
    for verdict in audit.verify():
        if verdict.broken:
            yield f"Chain {verdict.chain}: {verdict.held} hold, then {verdict.broken}."
