"""Rows, the same for both databases; and a fingerprint of many rows that no order changes.

A row is a list with one value per column, columns by name:

    integer, real   a number            truth   true or false
    text            without NUL, which PostgreSQL cannot keep; it becomes U+FFFD
    time            UTC, such as "2026-11-22 09:30:00.000000"
    json            a text: members by name, no spaces, ASCII; null in there is not NULL
    bytes           bytes; as a line, in base64
"""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from moderation.keeping.tables import Column, Kind, Table

AT_ONCE = 2000  # rows in memory
WHOLE_TIME = len("2026-11-22 09:30:00.000000")
UNKNOWN = "\ufffd"

Row = list[Any]
Told = Callable[[int], object]  # how many rows more are done


@dataclass
class Fingerprint:
    """How many rows, and the sum of their SHA-256 modulo 2^256."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.total += int.from_bytes(sha256(line).digest(), "big")

    def __str__(self) -> str:
        return f"{self.rows}:{self.total % 2**256:064x}"


def read(connection: Connection, table: Table) -> Iterator[Row]:
    """Every row of the table, in bounded memory."""
    asked = sa.select(*(_asked(column, connection) for column in table.columns))
    made = [
        (place, MADE[column.kind])
        for place, column in enumerate(table.columns)
        if column.kind in MADE
    ]
    found = connection.execute(
        asked.select_from(sa.table(table.name)), execution_options={"yield_per": AT_ONCE}
    )
    for stored in found:
        row = list(stored)
        for place, make in made:
            if row[place] is not None:
                row[place] = make(row[place])
        yield row


def line(row: Row) -> bytes:
    """One row as it is hashed and written, without the end of the line."""
    return _encoder.encode(row).encode("ascii")


def parse(written: bytes, table: Table) -> Row:
    """The row that `line` wrote. ValueError if it is none of this table."""
    row = json.loads(written.decode("ascii"))
    if not isinstance(row, list) or len(row) != len(table.columns):
        raise ValueError(f"a row of “{table.name}” has other columns")
    for place, column in enumerate(table.columns):
        if column.kind is Kind.BYTES and row[place] is not None:
            row[place] = base64.b64decode(row[place], validate=True)
    return row


def fingerprints(connection: Connection, chosen: Sequence[Table], told: Told) -> dict[str, str]:
    """The fingerprint of each table, by its name."""
    found = {}
    for table in chosen:
        print_ = Fingerprint()
        for row in read(connection, table):
            print_.add(line(row))
            if print_.rows % AT_ONCE == 0:
                told(AT_ONCE)
        told(print_.rows % AT_ONCE)
        found[table.name] = str(print_)
    return found


def _asked(column: Column, connection: Connection) -> ColumnElement[Any]:
    """The column as the database is to give it, so that both give the same."""
    plain: ColumnElement[Any] = sa.column(column.name)
    if column.kind is Kind.TRUTH:
        return sa.column(column.name, sa.Boolean())
    if connection.dialect.name == "sqlite":
        return plain
    if column.kind is Kind.TIME:
        return sa.func.to_char(sa.func.timezone("UTC", plain), "YYYY-MM-DD HH24:MI:SS.US")
    if column.kind is Kind.JSON:
        return sa.cast(plain, sa.Text)
    return plain


def _text(value: str) -> str:
    return value.replace("\0", UNKNOWN) if "\0" in value else value


def _time(value: str) -> str:
    if len(value) == WHOLE_TIME:
        return value
    moment = datetime.fromisoformat(value)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def _json(value: str) -> str:
    found = json.loads(value, parse_float=_number)
    if "\\u0000" in value or "\\ud" in value.lower():
        found = _cleaned(found)
    return _canonical.encode(found)


def _number(written: str) -> float | int:
    """As PostgreSQL will give it back: there a large number has no exponent, and no zero a sign."""
    number = float(written)
    return number + 0.0 if abs(number) < 1e16 else int(Decimal(written))


def _cleaned(value: Any) -> Any:
    """Without NUL and without halves of characters, which PostgreSQL cannot keep."""
    if isinstance(value, str):
        return _text(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(item) for name, item in value.items()}
    return value


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


MADE: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.TIME: _time,
    Kind.JSON: _json,
}
_encoder = json.JSONEncoder(separators=(",", ":"), default=_base64)
_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True)
