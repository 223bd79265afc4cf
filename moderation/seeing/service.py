"""What the database and Redis know about the whole service, kept for some seconds.

However often it is asked for, each process looks at most once in KEPT seconds.
"""

import threading
from collections.abc import Iterator
from datetime import datetime
from time import monotonic

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from moderation import clock, ids
from moderation.cases.models import LANE_DANGER, LANE_LEGAL, LANE_REST
from moderation.database import db
from moderation.metrics.numbers import NAMESPACE
from moderation.outbox import queries as outbox
from moderation.people import throttle
from moderation.screening.health import service as checks
from moderation.seeing import queries

KEPT = 10.0  # seconds
LANES = (LANE_DANGER, LANE_LEGAL, LANE_REST)

Families = list[GaugeMetricFamily]


class Stored(Collector):
    """Needs an app context; leaves no open transaction."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: Families = []
        self._until = 0.0

    def collect(self) -> Families:
        with self._lock:
            if monotonic() >= self._until:
                self._found = [*_database(), *_redis()]
                self._until = monotonic() + KEPT
            return self._found


def _database() -> Families:
    try:
        found = [*_queue(), *_outbox(), *_unsealed(), *_checks()]
    except SQLAlchemyError:
        return [_one("database_up", "Whether the database answers.", 0)]
    finally:
        db.session.rollback()
    return [_one("database_up", "Whether the database answers.", 1), *found]


def _redis() -> Iterator[GaugeMetricFamily]:
    answers = throttle.redis_answers()
    if answers is not None:
        yield _one("redis_up", "Whether Redis answers.", answers)


def _queue() -> Families:
    now = clock.now()
    rows = {
        (site, lane): found for site, lane, *found in db.session.execute(queries.open_cases(now))
    }
    labels = ("site", "lane")
    cases = _family("open_cases", "Cases that wait for a decision.", labels)
    overdue = _family("overdue_cases", "Those whose time is over.", labels)
    oldest = _family("oldest_case_seconds", "How long the oldest one has been open.", labels)
    for site, slug in db.session.execute(queries.sites()):
        for lane in LANES:
            of_lane, late, first = rows.get((site, lane), (0, 0, None))
            cases.add_metric((slug, str(lane)), of_lane)
            overdue.add_metric((slug, str(lane)), late)
            oldest.add_metric((slug, str(lane)), _age(ids.time_of(first) if first else None))
    return [cases, overdue, oldest]


def _outbox() -> Families:
    waiting, _, oldest = db.session.execute(outbox.waiting()).one()
    return [
        _one("mail_waiting", "Letters that wait to be sent.", waiting),
        _one("mail_oldest_seconds", "How long the oldest of them has waited.", _age(oldest)),
    ]


def _unsealed() -> Families:
    waiting, first = db.session.execute(queries.unsealed()).one()
    age = _age(ids.time_of(first) if first else None)
    return [
        _one("unsealed_events", "Events that wait for their seal.", waiting),
        _one("unsealed_oldest_seconds", "How long the oldest of them has waited.", age),
    ]


def _checks() -> Families:
    labels = ("site", "check")
    failing = _family("check_failing", "Whether a check that once failed fails now.", labels)
    unchecked = _family(
        "check_unchecked", "Comments it has not looked at (1,001: more than 1,000).", labels
    )
    for slug, trouble in checks.troubles_everywhere():
        failing.add_metric((slug, trouble.phase), trouble.failing_since is not None)
        unchecked.add_metric((slug, trouble.phase), trouble.unchecked)
    return [failing, unchecked]


def _age(since: datetime | None) -> float:
    """In seconds; 0 for nothing, and for a clock that was put back."""
    return max(0.0, (clock.now() - since).total_seconds()) if since else 0.0


def _family(name: str, help_: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{NAMESPACE}_{name}", help_, labels=labels)


def _one(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{NAMESPACE}_{name}", help_, value=value)
