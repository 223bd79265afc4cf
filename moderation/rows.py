"""Insert one row at once: a tenth of what the ORM's flush takes, which is made for many.

Most of what the product stores is a new row whose columns are all known, and every reader's comment
is ten of them. So the statement of each class is compiled once, and run by the driver itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, insert
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapper,
    Session,
    class_mapper,
    make_transient_to_detached,
)
from sqlalchemy.orm.base import object_state
from sqlalchemy.orm.interfaces import MANYTOONE

ToDriver = Callable[[Any], Any]


@dataclass(frozen=True)
class _Field:
    """A column, what its attribute is called, and how the driver takes its values."""

    name: str
    column: Column[Any]
    to_driver: ToDriver | None

    def default(self) -> Any:
        default: Any = self.column.default
        if default is None:
            return None
        return default.arg(None) if default.is_callable else default.arg


@dataclass(frozen=True)
class _Way:
    """How rows of one class are written to one kind of database."""

    statement: str
    positions: tuple[str, ...] | None  # None: by name
    fields: tuple[_Field, ...]
    # (relationship, attribute of ours, attribute of theirs): whose id is ours to hold
    referred: tuple[tuple[str, str, str], ...]
    collections: tuple[str, ...]

    def taken(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        values = {
            field.column.key: value
            if (value := given[field.name]) is None or field.to_driver is None
            else field.to_driver(value)
            for field in self.fields
        }
        return values if self.positions is None else tuple(values[one] for one in self.positions)

    def filled(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """With defaults for what is not given."""
        rest = {field.name: field.default() for field in self.fields if field.name not in given}
        return {**given, **rest}


def write(session: Session, row: DeclarativeBase) -> bool:
    """Insert `row`, which is in no session yet; it is stored afterwards, as after a flush.

    False if the ORM has to: rows come along with it, or the database gives it something.
    """
    connection = session.connection()
    way = _way(type(row), connection.dialect)
    given = row.__dict__
    if any(given.get(name) for name in way.collections):
        return False
    for relationship, ours, theirs in way.referred:
        if (other := given.get(relationship)) is not None:
            if not object_state(other).has_identity:
                return False  # it is new itself
            setattr(row, ours, getattr(other, theirs))
    for field in way.fields:
        if field.name not in given:
            if field.column.default is None and field.column.server_default is not None:
                return False
            given[field.name] = field.default()
    connection.exec_driver_sql(way.statement, way.taken(given))
    make_transient_to_detached(row)
    session.add(row)
    return True


def insert_into(connection: Connection, kind: type[DeclarativeBase], /, **given: Any) -> None:
    """A row of `kind` that nobody looks at any more. given: attributes; others get defaults."""
    insert_all(connection, kind, [given])


def insert_all(
    connection: Connection, kind: type[DeclarativeBase], given: Sequence[Mapping[str, Any]]
) -> None:
    """The same for several rows, in one statement."""
    if given:
        way = _way(kind, connection.dialect)
        taken = [way.taken(way.filled(one)) for one in given]
        connection.exec_driver_sql(way.statement, taken if len(taken) > 1 else taken[0])


@lru_cache(256)
def _way(kind: type[DeclarativeBase], dialect: Dialect) -> _Way:
    mapper: Mapper[Any] = class_mapper(kind)
    table: Any = mapper.local_table
    names = mapper.get_property_by_column
    ways = [way for way in mapper.relationships if not way.viewonly]
    compiled: Any = insert(table).compile(
        dialect=dialect, column_keys=[column.key for column in table.columns]
    )
    return _Way(
        statement=compiled.string,
        positions=tuple(compiled.positiontup) if compiled.positiontup else None,
        fields=tuple(
            _Field(
                names(column).key, column, column.type.dialect_impl(dialect).bind_processor(dialect)
            )
            for column in table.columns
        ),
        referred=tuple(
            (way.key, names(ours).key, way.mapper.get_property_by_column(theirs).key)
            for way in ways
            if way.direction is MANYTOONE
            for ours, theirs in way.local_remote_pairs or ()
        ),
        collections=tuple(way.key for way in ways if way.direction is not MANYTOONE),
    )
