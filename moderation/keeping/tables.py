"""Which tables a database has, and what a column holds: asked of the database, not of our models.

So a schema older than the program can be kept and brought back, and a new table is kept by itself.
"""

import enum
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, inspect, text

VERSION = "alembic_version"  # kept as the revision

# without the parts of a table that is cut in parts
POSTGRESQL = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
    "AND relnamespace = current_schema()::regnamespace"
)
SQLITE = text("SELECT name FROM sqlite_master WHERE type = 'table'")
SEARCH = text(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"
)


class Kind(enum.Enum):
    """What a column holds, the same word for both databases."""

    INTEGER = "integer"
    REAL = "real"
    TRUTH = "truth"
    TEXT = "text"
    TIME = "time"
    JSON = "json"
    BYTES = "bytes"


KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], Kind], ...] = (
    (sa.JSON, Kind.JSON),
    (sa.DateTime, Kind.TIME),
    (sa.Boolean, Kind.TRUTH),
    (sa.Integer, Kind.INTEGER),
    (sa.Float, Kind.REAL),
    (sa.LargeBinary, Kind.BYTES),
    (sa.String, Kind.TEXT),
)


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """A table with its columns by name, as the two databases may have them in another order."""

    name: str
    columns: tuple[Column, ...]


def all_of(connection: Connection) -> list[Table]:
    """Every table that holds rows of ours, by name."""
    return [Table(name, _columns(connection, name)) for name in names(connection)]


def search_indexes(connection: Connection) -> list[str]:
    """SQLite's tables for full-text search, which are made from other tables."""
    return [] if connection.dialect.name != "sqlite" else list(connection.scalars(SEARCH))


def count(connection: Connection) -> int:
    """How many rows they have together."""
    counts = (sa.select(sa.func.count()).select_from(sa.table(name)) for name in names(connection))
    return sum(connection.scalar(counted) or 0 for counted in counts)


def filled(connection: Connection) -> list[str]:
    """Those that have rows."""
    one = sa.select(sa.literal(1)).limit(1)
    return [
        name
        for name in names(connection)
        if connection.scalar(one.select_from(sa.table(name))) is not None
    ]


def names(connection: Connection) -> list[str]:
    """The names of all tables that hold rows of ours."""
    if connection.dialect.name != "sqlite":
        return sorted(set(connection.scalars(POSTGRESQL)) - {VERSION})
    search = search_indexes(connection)
    return sorted(
        name
        for name in connection.scalars(SQLITE)
        if name != VERSION
        and not name.startswith("sqlite_")
        and not any(name == index or name.startswith(f"{index}_") for index in search)
    )


def _columns(connection: Connection, table: str) -> tuple[Column, ...]:
    found = inspect(connection).get_columns(table)
    stored = [column for column in found if not column.get("computed")]
    return tuple(
        sorted(
            (Column(column["name"], _kind(column["type"])) for column in stored),
            key=lambda column: column.name,
        )
    )


def _kind(of: sa.types.TypeEngine[Any]) -> Kind:
    for family, kind in KINDS:
        if isinstance(of, family):
            return kind
    raise TypeError(f"A backup does not know how to keep a column of type {of}.")
