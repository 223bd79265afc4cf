"""What is counted where there is no Redis: our own table, as a storage of `limits`."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, cast

from limits.storage import Storage
from sqlalchemy import Executable, bindparam, case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

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
def _counting(dialect: str) -> Executable:
    """Adds to what is counted, or begins anew if its window is over. Every comment waits for it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    fresh = insert(Throttle).values(
        key=bindparam("key"), count=1, expires_at=bindparam("until", type_=Utc)
    )
    is_past = Throttle.expires_at <= bindparam("now", type_=Utc)
    over = or_(is_past, Throttle.expires_at > bindparam("furthest", type_=Utc))
    return fresh.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "count": case((over, 1), else_=Throttle.count + 1),
            "expires_at": case((over, fresh.excluded.expires_at), else_=Throttle.expires_at),
        },
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
        given = [
            {"key": key, "now": now, "until": until, "furthest": until + BETWEEN_CLOCKS}
            # in one order, so that two writers wait for each other instead of both failing
            for key, until in sorted((key, now + timedelta(seconds=each)) for key, each in windows)
        ]
        connection = db.session.connection()
        connection.execute(_counting(connection.dialect.name), given)
        return self.get_all(windows)

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
