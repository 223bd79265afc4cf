"""The only clock: aware UTC, so that tests, imports and the demo can move time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    return _moved.get() or datetime.now(UTC)


def is_to_come(moment: datetime, *, now: datetime, within: timedelta) -> bool:
    """Whether `moment` lies ahead. One that is further off than it can be was written down by a
    clock that has been put back since: nobody waits for it.
    """
    return timedelta() < moment - now <= within


def is_moved() -> bool:
    return _moved.get() is not None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What happens in here happens at `moment` (aware)."""
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
