"""Fill an empty database with the rows of another, in the caller's one transaction.

What guards the rows (triggers, foreign keys) and what is made from them (indexes) is set aside and
put back when they are in; PostgreSQL then proves every foreign key, for SQLite we do. It takes
nothing but the rights of the tables' owner.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, exc, text

from moderation.errors import Refused
from moderation.keeping.references import broken
from moderation.keeping.rows import AT_ONCE, Row, Told, fingerprints
from moderation.keeping.tables import Table, all_of, filled, names, search_indexes
from moderation.migrations import service as migrations

Source = Callable[[Table], Iterable[Row]]

# what is to be dropped first and made again afterwards, each as two statements
SQLITE = """
    SELECT 'DROP ' || type || ' "' || name || '"', sql FROM sqlite_master
    WHERE sql IS NOT NULL AND type IN ('index', 'trigger') ORDER BY type
"""
POSTGRESQL = """
    SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', oid::regclass),
           format('ALTER TABLE %s ENABLE TRIGGER USER', oid::regclass)
    FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relhastriggers
        AND relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s',
                  conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
        AND connamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass),
           replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = current_schema()::regnamespace AND NOT relispartition
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""


def make_empty(connection: Connection, revision: str) -> list[Table]:
    """The empty tables of that revision; waits for whoever else changes the schema.

    Refused if the database holds anything.
    """
    migrations.take_turn(connection)
    if filled(connection):
        raise Refused("The database is not empty. Nothing was changed; name an empty one.")
    found = migrations.revision_of(connection)
    if found is None and names(connection):
        raise Refused("The database holds tables that are not ours. Name an empty one.")
    if found not in (None, revision):
        migrations.step_back(connection, "base")
    migrations.step(connection, revision)
    return all_of(connection)


def fill(connection: Connection, chosen: Sequence[Table], source: Source, told: Told) -> None:
    """Every row that `source` gives for each table. Refused if the database will not take one."""
    write = _write_sqlite if connection.dialect.name == "sqlite" else _write_postgresql
    table = None
    try:
        with _set_aside(connection):
            for table in chosen:
                write(connection, table, _counted(source(table), told))
            table = None
    except _unfit(connection) as error:
        place = f"a row of “{table.name}”" if table else "what the rows say of each other"
        raise Refused(f"The database refuses {place}: {_reason(error)}. It was undone.") from error
    if connection.dialect.name == "sqlite":
        for sentence in broken(connection):
            raise Refused(f"{sentence} It was undone.")


def prove(connection: Connection, expected: dict[str, str], told: Told) -> None:
    """Read everything back; Refused if a table is not what it should be."""
    found = fingerprints(connection, all_of(connection), told)
    if found != expected:
        wrong = sorted(name for name in expected | found if found.get(name) != expected.get(name))
        raise Refused(f"What was written is not what was read: {', '.join(wrong)}. It was undone.")


@contextmanager
def _set_aside(connection: Connection) -> Iterator[None]:
    sqlite = connection.dialect.name == "sqlite"
    pairs = connection.execute(text(SQLITE if sqlite else POSTGRESQL)).all()
    for drop, _ in pairs:
        connection.exec_driver_sql(drop)
    yield
    for index in search_indexes(connection):
        connection.exec_driver_sql(f'INSERT INTO "{index}"("{index}") VALUES (\'rebuild\')')  # noqa: S608
    for _, make in pairs:
        connection.exec_driver_sql(make)
    if not sqlite:
        connection.exec_driver_sql("ANALYZE")


def _unfit(connection: Connection) -> tuple[type[Exception], ...]:
    """What says that a row does not fit, from SQLAlchemy or from the driver itself."""
    driver = connection.dialect.loaded_dbapi
    return (exc.IntegrityError, exc.DataError, driver.IntegrityError, driver.DataError)


def _counted(given: Iterable[Row], told: Told) -> Iterator[Row]:
    number = 0
    for number, row in enumerate(given, 1):
        yield row
        if number % AT_ONCE == 0:
            told(AT_ONCE)
    told(number % AT_ONCE)


def _write_sqlite(connection: Connection, table: Table, given: Iterator[Row]) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    places = ", ".join("?" * len(table.columns))
    insert = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608
    while batch := [tuple(row) for row in islice(given, AT_ONCE)]:
        connection.exec_driver_sql(insert, batch)


def _write_postgresql(connection: Connection, table: Table, given: Iterator[Row]) -> None:
    from psycopg import sql  # noqa: PLC0415  small machines do without

    raw: Any = connection.connection.driver_connection  # a psycopg.Connection
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    with raw.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")  # what our times are in
        with cursor.copy(copy) as stream:
            for row in given:
                stream.write_row(row)


def _reason(error: Exception) -> str:
    """The database's first line: the others quote the row."""
    said = str(getattr(error, "orig", None) or error)
    return said.splitlines()[0]
