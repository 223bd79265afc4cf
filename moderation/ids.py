"""Ids: 63 bits, ordered by time, made here and not by a database.

Layout, high to low: 42 bits of milliseconds since 2000-01-01 UTC, 21 bits that start at random in
each millisecond and count up. Enough until the year 2139, and old imports get positive ids too.
Those of a moment that is given count up from a random place, whichever moment it is.
"""

import secrets
import threading
from datetime import UTC, datetime, timedelta
from itertools import count

from moderation import clock

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_TAIL_BITS = 21
_MILLISECOND = timedelta(milliseconds=1)

_lock = threading.Lock()
_last = [0]
_given = count(secrets.randbits(_TAIL_BITS))


def new(*, after: int = 0) -> int:
    """An id later than every id this process made before; in the past if the clock is moved.

    after: and later than this one, though it be from another process, or the clock was put back.
    """
    made = _made()
    # not its neighbour, which may be somebody's already
    return made if made > after else after + 1 + secrets.randbits(_TAIL_BITS - 1)


def _made() -> int:
    if clock.is_moved():
        return at(clock.now())
    with _lock:
        # half of the tail is left free, so that counting up stays inside the millisecond
        fresh = first_at(clock.now()) | secrets.randbits(_TAIL_BITS - 1)
        _last[0] = max(fresh, _last[0] + 1)
        return _last[0]


def first_at(moment: datetime) -> int:
    """The smallest id of `moment`'s millisecond."""
    return ((moment - EPOCH) // _MILLISECOND) << _TAIL_BITS


def at(moment: datetime) -> int:
    """An id for something that happened at `moment` (aware), such as an imported comment."""
    return first_at(moment) | next(_given) % (1 << _TAIL_BITS)


def time_of(id_: int) -> datetime:
    return EPOCH + (id_ >> _TAIL_BITS) * _MILLISECOND
