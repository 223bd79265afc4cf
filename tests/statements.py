"""Count what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from moderation.database import db

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextmanager
def counted(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Collects (statement, parameters) of what runs in here, transactions left out."""
    seen: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            seen.append((statement, given))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def plan(app: Flask, statement: str, given: Any) -> str:
    """How the database would find it, as it says itself."""
    with app.app_context(), db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            return "\n".join(row[3] for row in rows)
        connection.exec_driver_sql("ANALYZE")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", given)
        return "\n".join(row[0] for row in rows)
