"""On PostgreSQL the events lie in a part for each month; the parts are made ahead of time.

Their names say which months there are: `event_until_2027_01` is everything before that month,
`event_2027_01` the month itself, and `event_default` takes what no part is there for, so that
nothing is ever refused. Other databases have one table.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from moderation import clock, ids
from moderation.database import db

AHEAD = 3  # months
# those who write wait for us meanwhile: a long reader, such as a backup, puts us off instead
PATIENCE = text("SET LOCAL lock_timeout = '1s'")
TURN = text("SELECT pg_try_advisory_xact_lock(5279403313)")  # any number, used for nothing else
NAMES = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass")
TAKEN = text("SELECT 1 FROM event_default WHERE id >= :low AND id < :high LIMIT 1")

log = structlog.get_logger()


def make_ahead(_keep_on: Callable[[], bool]) -> None:
    """See that this month and the next three have their part. Commits; safe in several workers."""
    if db.engine.dialect.name != "postgresql":
        return
    for name, low, high in list(_missing()):
        try:
            made = _make(name, low, high)
            db.session.commit()
        except OperationalError as error:
            db.session.rollback()
            log.info("a part for events waits for its turn", part=name, why=str(error.orig))
            return
        if made:
            log.info("a part for events was made", part=name)


def _missing() -> Iterator[tuple[str, int, int]]:
    """Name and ids, the second excluded, of each part that should be there."""
    there = set(db.session.scalars(NAMES))
    db.session.rollback()
    (first,) = (name for name in there if name.startswith("event_until_"))
    begins = first.removeprefix("event_until_")
    month = _first_of(clock.now(), 0)
    for number in range(AHEAD + 1):
        low, high = _first_of(month, number), _first_of(month, number + 1)
        name = f"event_{low:%Y_%m}"
        if name not in there and f"{low:%Y_%m}" >= begins:
            yield name, ids.first_at(low), ids.first_at(high)


def _make(name: str, low: int, high: int) -> bool:
    """Add the part; False if another worker is at it, or the month has begun without one."""
    db.session.execute(PATIENCE)
    if not db.session.scalar(TURN):
        return False
    if db.session.scalar(TAKEN, {"low": low, "high": high}) is not None:
        log.warning("events of this month lie in event_default and stay there", part=name)
        return False
    # beside the others first: to attach it takes a weaker lock than to make it in its place
    db.session.execute(text(f"CREATE TABLE {name} (LIKE event INCLUDING DEFAULTS)"))
    db.session.execute(
        text(f"ALTER TABLE event ATTACH PARTITION {name} FOR VALUES FROM ({low}) TO ({high})")
    )
    return True


def _first_of(moment: datetime, later: int) -> datetime:
    """The first of the month that is so many months after the one of `moment`."""
    months = moment.year * 12 + moment.month - 1 + later
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
