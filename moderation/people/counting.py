"""What is counted where there is no Redis: our own table, as a storage of `limits`."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, cast

from limits.storage import Storage
from sqlalchemy import TextualSelect, bindparam, delete, select, text, update

from moderation import clock
from moderation.database import Utc, db
from moderation.people.models import Throttle

# a window that ends later than one that begins now, by more than hosts' clocks differ, was begun by
# a clock that has been put back since: it is over
BETWEEN_CLOCKS = timedelta(minutes=1)

_LIVE = select(Throttle.key, Throttle.count, Throttle.expires_at).where(
    Throttle.key.in_(bindparam("keys", expanding=True)),
    Throttle.expires_at > bindparam("now", type_=Utc),
)


@cache
def _counting(keys: int) -> TextualSelect:
    """Adds to what is counted, or begins anew if its window is over; says where that leads.

    Whoever writes waits for it, so all that one request counts is one statement. It is spelt out:
    an INSERT of several rows would be compiled anew each time, which takes longer than running it.
    """
    given = ", ".join(f"(:key_{number}, 1, :until_{number})" for number in range(keys))
    is_over = "throttle.expires_at <= :now"
    times = (bindparam(name, type_=Utc) for name in ("now", *map("until_{}".format, range(keys))))
    counting = text(
        f"INSERT INTO throttle (key, count, expires_at) VALUES {given} "  # noqa: S608  # of numbers
        "ON CONFLICT (key) DO UPDATE SET "
        f"count = CASE WHEN {is_over} THEN 1 ELSE throttle.count + 1 END, "
        f"expires_at = CASE WHEN {is_over} THEN excluded.expires_at ELSE throttle.expires_at END "
        "RETURNING key, count, expires_at"
    )
    return counting.bindparams(*times).columns(Throttle.key, Throttle.count, Throttle.expires_at)


_AFRESH = (
    update(Throttle)
    .where(Throttle.key == bindparam("name"))
    .values(count=1, expires_at=bindparam("until", type_=Utc))
)


class TableStorage(Storage):
    """The `limits` storage on our own table, in the caller's transaction."""

    STORAGE_SCHEME = None

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        if amount != 1:
            raise ValueError("Everything is counted one by one.")
        return self.incr_all([(key, expiry)])[0]

    def incr_all(self, windows: Sequence[tuple[str, int]]) -> list[int]:
        """One more of each (key, seconds); how many there are, in the same order."""
        now = clock.now()
        until = {key: now + timedelta(seconds=seconds) for key, seconds in windows}
        connection = db.session.connection()
        given: dict[str, object] = {"now": now}
        # in one order, so that two writers wait for each other instead of both failing
        for number, key in enumerate(sorted(until)):
            given |= {f"key_{number}": key, f"until_{number}": until[key]}
        rows = connection.execute(_counting(len(until)), given).all()
        counts = {key: count for key, count, _ in rows}
        for key in (key for key, _, ends in rows if ends - until[key] > BETWEEN_CLOCKS):
            connection.execute(_AFRESH, {"name": key, "until": until[key]})
            counts[key] = 1
        return [counts[key] for key, _ in windows]

    def get(self, key: str) -> int:
        live = select(Throttle.count).where(Throttle.key == key, Throttle.expires_at > clock.now())
        return db.session.scalar(live) or 0

    def get_all(self, windows: Sequence[tuple[str, int]]) -> list[int]:
        """How often each (key, seconds) was counted, in the same order."""
        now = clock.now()
        given = {"keys": [key for key, _ in windows], "now": now}
        rows = db.session.connection().execute(_LIVE, given)
        live = {key: (count, ends) for key, count, ends in rows}
        return [
            count if ends - now <= timedelta(seconds=seconds) + BETWEEN_CLOCKS else 0
            for key, seconds in windows
            for count, ends in (live.get(key, (0, now)),)
        ]

    def get_expiry(self, key: str) -> float:
        found = db.session.scalar(select(Throttle.expires_at).where(Throttle.key == key))
        return (found or clock.now()).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        gone: int = cast("Any", db.session.execute(delete(Throttle))).rowcount
        return gone

    def clear(self, key: str) -> None:
        db.session.execute(delete(Throttle).where(Throttle.key == key))
