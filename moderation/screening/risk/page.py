"""What the page about the risk model shows."""

from typing import Any

from moderation import clock
from moderation.database import db
from moderation.screening.phases.risk import CLAUSES
from moderation.screening.risk import learning, queries, sentences, service
from moderation.screening.risk.model import Model
from moderation.screening.risk.models import LearnedModel, LearningState
from moderation.sites.models import Site

LONG = 120.0  # seconds; then the worker may not be running


def overview(site: Site) -> dict[str, Any]:
    """What the template needs."""
    rows = list(db.session.scalars(queries.of_site(site.id)))
    in_use = next((row for row in rows if row.state is LearningState.IN_USE), None)
    unfinished = next((row for row in rows if row.state in queries.UNFINISHED), None)
    others = [row for row in rows if row is not in_use and row is not unfinished]
    results = [row for row in others if row.state is not LearningState.FAILED]
    shipped, decided = Model.shipped().version, service.decided(site)
    return {
        "shipped": shipped,
        "in_use": in_use,
        "is_outdated": in_use is not None and in_use.base != shipped,
        "unfinished": unfinished,
        "waits_long": unfinished is not None and _waits_long(unfinished),
        "has_failed": bool(others) and others[0].state is LearningState.FAILED,
        "newest": results[0] if results else None,
        "decisions": len(decided),
        "restrictions": learning.restrictions(decided),
        "wanted": (learning.DECISIONS, learning.RESTRICTIONS),
        "looks_for": list(CLAUSES.values()),
        "is_enough": learning.is_enough(decided),
        "figures": sentences.figures,
        "since": sentences.since,
    }


def _waits_long(row: LearnedModel) -> bool:
    return (clock.now() - (row.touched_at or row.asked_at)).total_seconds() > LONG
