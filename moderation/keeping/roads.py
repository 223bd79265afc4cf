"""The two ends of a move: SQLite with nobody else in it, and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from moderation import config
from moderation.database import db
from moderation.errors import Refused

PATIENCE = 10  # seconds for a server to answer


@contextmanager
def alone() -> Iterator[Engine]:
    """Our SQLite, which no other process has open now or can open until the end.

    So nothing can be written that the move would leave behind. Refused, when it is first read, if
    somebody has it open.
    """
    if db.engine.dialect.name != "sqlite":
        raise Refused(
            "`move` carries an installation from SQLite to PostgreSQL. "
            "From PostgreSQL use `moderation backup`, and `moderation restore` at the other end."
        )
    db.session.remove()
    db.engine.dispose()
    engine = sa.create_engine(db.engine.url, poolclass=NullPool)
    event.listen(engine, "connect", _close_doors)
    event.listen(engine, "begin", _begin)
    try:
        yield engine
    except OperationalError as error:
        if "database is locked" not in str(error.orig):
            raise
        raise Refused(
            "Another process has the database open. Stop the service and its workers, "
            "move, and start them with the new settings."
        ) from error


def to_postgresql(url: str) -> Engine:
    """The database at `url`. Refused if it is not PostgreSQL in UTF-8, or does not answer."""
    try:
        engine = sa.create_engine(
            config.database_url(url),
            poolclass=NullPool,
            connect_args={"connect_timeout": PATIENCE},
        )
    except ArgumentError:
        raise Refused("Name the target like postgresql://user:password@host/name.") from None
    if engine.dialect.name != "postgresql":
        raise Refused("The target is not PostgreSQL: its URL begins with postgresql://.")
    try:
        with engine.connect() as connection:
            encoding = connection.scalar(sa.text("SHOW server_encoding"))
    except OperationalError as error:
        raise Refused(f"The target does not answer: {str(error.orig).splitlines()[0]}.") from error
    if encoding != "UTF8":
        raise Refused(f"The target keeps text in {encoding}. Create it with ENCODING 'UTF8'.")
    return engine


def _close_doors(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=1000")
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
