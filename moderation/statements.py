"""SQL statements: how many a request or a duty runs, how long they take, which are slow.

A slow one is told with its text, which has places instead of values; what was typed never shows.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import structlog
from sqlalchemy import Engine

from moderation.metrics import numbers

LONGEST = 2000  # characters of a statement that are told
BEGINS = "BEGIN"  # waits for SQLite's writers, and is told as that
NOTICEABLE = 0.001  # seconds; who waited less did not wait

log = structlog.get_logger()


@dataclass(slots=True)
class Tally:
    """What one request or duty asked of the database."""

    count: int = 0
    seconds: float = 0.0


_tally: ContextVar[Tally | None] = ContextVar("tally", default=None)


def begin() -> Tally:
    """Count from here on, in this thread, into what is returned."""
    tally = Tally()
    _tally.set(tally)
    return tally


def end() -> None:
    """Count no further."""
    _tally.set(None)


def watch(engine: Engine, *, slow_ms: int) -> None:
    """Look at every statement that SQLAlchemy runs. slow_ms: from there on it is slow.

    Around the dialect's own call of the driver: a pair of SQLAlchemy's events costs ten times as
    much. What is handed to the driver by hand, such as the shared pages' look-up, is not seen.
    """
    dialect: Any = engine.dialect
    for name in ("do_execute", "do_execute_no_params", "do_executemany"):
        setattr(dialect, name, _watched(getattr(dialect, name), slow_ms / 1000))


def _watched(run: Callable[..., None], slow: float) -> Callable[..., None]:
    def watched(cursor: Any, sql: str, *given: Any) -> None:
        began_at = perf_counter()
        run(cursor, sql, *given)
        seconds = perf_counter() - began_at
        tally = _tally.get()
        if tally is not None:
            tally.count += 1
            tally.seconds += seconds
        if seconds >= slow:
            _tell(sql, seconds, cursor)

    return watched


def waited(began_at: float, *, slow_ms: int) -> None:
    """A transaction may write now. began_at: of `perf_counter`, when it asked to."""
    seconds = perf_counter() - began_at
    if seconds < NOTICEABLE:
        return
    numbers.lock_waits.inc()
    numbers.lock_wait_seconds.inc(seconds)
    if seconds >= slow_ms / 1000:
        log.warning("waited to write", ms=_ms(seconds))


def _tell(sql: str, seconds: float, cursor: Any) -> None:
    if sql.startswith(BEGINS):
        return
    numbers.slow_statements.inc()
    # SQLite knows only how many rows it changed
    known = {"rows": cursor.rowcount} if cursor.rowcount >= 0 else {}
    log.warning("slow query", ms=_ms(seconds), sql=" ".join(sql.split())[:LONGEST], **known)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
