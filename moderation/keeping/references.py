"""Rows that point at rows which are not there."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, inspect

from moderation.keeping.tables import names


def broken(connection: Connection) -> Iterator[str]:
    """A sentence for each foreign key that does not hold."""
    known, tables = inspect(connection), names(connection)
    for table in tables:
        for key in known.get_foreign_keys(table):
            if key["referred_table"] not in tables:
                continue  # one part of a table, to which as a whole another key points
            if lost := connection.scalar(_pointing_nowhere(table, key)):
                columns, target = ", ".join(key["constrained_columns"]), key["referred_table"]
                yield f"“{table}” names in {columns} a {target} that is not there, {lost} times."


def _pointing_nowhere(table: str, key: Any) -> sa.Select[int]:
    """How many rows of the table do so by this key."""
    pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
    own: list[sa.ColumnClause[Any]] = [sa.column(name) for name in key["constrained_columns"]]
    row = sa.table(table, *own).alias("pointing")
    target = sa.table(
        key["referred_table"], *(sa.column(name) for name in key["referred_columns"])
    ).alias("pointed_at")
    same = [target.c[there] == row.c[here] for here, there in pairs]
    return (
        sa.select(sa.func.count())
        .select_from(row)
        .where(
            *(row.c[column.name].is_not(None) for column in own),
            ~sa.select(sa.literal(1)).select_from(target).where(*same).exists(),
        )
    )
