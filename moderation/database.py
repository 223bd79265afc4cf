"""The database: one session, typed columns, and how SQLite is opened.

A request that only reads runs in a snapshot; everything else takes SQLite's write lock when it
begins, so that two writers queue instead of failing half way.
"""

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    QueuePool,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

from moderation import ids, rows, statements
from moderation.turns import Turns

BigInt = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class Utc(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out; a naive time is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def by_value(kind: type[enum.Enum]) -> Enum:
    """An enum stored as its values, checked by the application and not by the database."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=False,
        length=20,
    )


_registry = registry(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    ),
    type_annotation_map={
        int: BigInt,
        datetime: Utc(),
        dict[str, Any]: Json,
        list[str]: Json,
        list[list[int]]: Json,
    },
)


class Base(DeclarativeBase):
    """What every row has in common."""

    registry = _registry
    metadata = _registry.metadata


Id = Annotated[int, mapped_column(BigInt, primary_key=True, default=ids.new)]

_read_by: ContextVar[Connection | None] = ContextVar("read_by", default=None)


class Session(FlaskSession):
    """Asks the database of the settings, unless `read_by` says otherwise."""

    def get_bind(self, *args: Any, **given: Any) -> Engine | Connection:
        return _read_by.get() or super().get_bind(*args, **given)


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": Session})

PATIENCE = 15  # seconds that a writer waits for the others

_reading: ContextVar[bool] = ContextVar("reading", default=False)


def will_read() -> None:
    """Transactions begun from now on take no write lock on SQLite."""
    _reading.set(True)


def will_write() -> None:
    """Transactions begun from now on take the write lock; what holds if nobody says otherwise."""
    _reading.set(False)


@contextmanager
def only_reading() -> Iterator[None]:
    """Transactions begun in here take no write lock on SQLite; for commands and the worker."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def read_by(connection: Connection) -> Iterator[None]:
    """Sessions that begin in here read in this connection's transaction, such as a replica's."""
    token = _read_by.set(connection)
    try:
        yield
    finally:
        _read_by.reset(token)


def commit_and_keep() -> None:
    """Commit, and go on showing what was loaded before without reading it again."""
    session = db.session()
    session.expire_on_commit = False
    try:
        session.commit()
    finally:
        session.expire_on_commit = True


Row = TypeVar("Row", bound=Base)


def saved(row: Row) -> Row:
    """Store `row`, which is new, with its id, after all that waits; the caller commits."""
    session = db.session()
    session.flush()
    if not rows.write(session, row):
        session.add(row)
        session.flush()
    return row


PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={PATIENCE * 1000}",
    "cache_size=-4000",
)


def prepare(engine: Engine, *, slow_ms: int) -> None:
    """Open SQLite as we mean it: WAL, every commit on disk, foreign keys, explicit BEGIN.

    slow_ms: a statement or a wait that takes as long is told in the log.
    """
    statements.watch(engine, slow_ms=slow_ms)
    if engine.dialect.name != "sqlite":
        return
    _make_private(_file_of(engine))
    turns = Turns(_file_of(engine))
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", partial(_begin, turns, slow_ms))
    event.listen(engine, "checkin", partial(_end, turns))


def connections_in_use(engine: Engine) -> Callable[[], int]:
    """Asks, whenever it is called, how many of its connections this process uses."""
    return lambda: cast("QueuePool", engine.pool).checkedout()


def _file_of(engine: Engine) -> str | None:
    file = engine.url.database
    return file if file and file != ":memory:" else None


def _make_private(file: str | None) -> None:
    """What SQLite makes, everybody on the machine could read: it holds addresses and letters.

    Its other two files get the mode of this one.
    """
    if file and Path(file).parent.is_dir():
        Path(file).touch(mode=0o600)


def _connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(turns: Turns, slow_ms: int, connection: Any) -> None:
    if _reading.get():
        connection.exec_driver_sql("BEGIN")
        return
    began_at = perf_counter()
    if not connection.info.get("has_turn"):
        connection.info["has_turn"] = turns.take(patience=PATIENCE)
    if connection.info["has_turn"]:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        _begin_alone(connection, PATIENCE - (perf_counter() - began_at))
    statements.waited(began_at, slow_ms=slow_ms)


def _begin_alone(connection: Any, left: float) -> None:
    """Our turn did not come: SQLite itself waits for what is left, and says so if it is over."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout={max(0, int(left * 1000))}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE * 1000}")


def _end(turns: Turns, _connection: object, record: Any) -> None:
    if record.info.pop("has_turn", False):
        turns.give()
