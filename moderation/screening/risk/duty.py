"""The worker's part: learn where a lead asked for it, and every night where something is new.

Reading and reckoning take no write lock; each commit is short.
"""

import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from moderation import clock
from moderation.database import db, only_reading
from moderation.screening import choices
from moderation.screening.held import Held
from moderation.screening.risk import correcting, learning, queries, service
from moderation.screening.risk.correcting import Texts
from moderation.screening.risk.learning import Decided, Learned
from moderation.screening.risk.model import Model
from moderation.screening.risk.models import LearnedModel, LearningState
from moderation.screening.risk.weights import Weights
from moderation.sites.models import Site

AT_NIGHT = range(1, 5)  # hours, UTC
AFTER = timedelta(hours=20)
LOST = timedelta(minutes=10)  # a worker silent for so long is dead
AT_ONCE = 500  # texts

KeepOn = Callable[[], bool]
log = structlog.get_logger()


class _Stopped(Exception):
    """Told to stop, or another worker has taken over."""


def ask_at_night(keep_on: KeepOn) -> None:
    """For the worker, once an hour: sites that have enough, and something new. Commits each."""
    if clock.now().hour not in AT_NIGHT:
        return
    with only_reading():
        site_ids = list(db.session.scalars(select(Site.id).order_by(Site.id)))
        db.session.rollback()
    for site_id in site_ids:
        if keep_on() and _is_due(site_id):
            service.ask(db.session.get_one(Site, site_id))
            db.session.commit()


def learn_waiting(keep_on: KeepOn) -> None:
    """Everything that waits, oldest first. Told to stop, it hands back what is in its hands."""
    while keep_on() and (model_id := _next()) is not None:
        learn(model_id, keep_on)


def learn(model_id: int, keep_on: KeepOn) -> bool:
    """Learn what one row asks for; False if another worker does. Commits."""
    free = queries.is_free(lost_before=clock.now() - LOST)
    held = Held.take(LearnedModel, model_id, free=free, state=LearningState.RUNNING, done=0)
    if held is None:
        return False
    try:
        _work(held, keep_on)
    except _Stopped:
        held.store(state=LearningState.WAITING, done=0)
    except Exception:
        db.session.rollback()
        log.exception("learning failed", model_id=model_id)
        _finish(held, LearningState.FAILED)
    return True


def _work(held: Held, keep_on: KeepOn) -> None:
    with only_reading():
        site = db.session.get_one(Site, db.session.get_one(LearnedModel, held.row_id).site_id)
        last = db.session.scalar(queries.last_decision(site.id)) or 0
        decided, in_use = service.decided(site), service.learned_weights(site)
        db.session.rollback()
    found = {
        "last_decision_id": last,
        "decisions": len(decided),
        "restrictions": learning.restrictions(decided),
    }
    if not learning.is_enough(decided):
        _finish(held, LearningState.TOO_FEW, **found)
        return
    shipped = Model.shipped().weights
    known, texts = _read(held, decided, shipped, keep_on)
    _store_or_stop(held, keep_on, done=len(decided))
    learned = learning.learn(shipped, known, texts, in_use=in_use)
    _finish(held, _state(learned), **found, **outcome(learned, shipped, clock.now()))


def _read(
    held: Held, decided: Sequence[Decided], shipped: Weights, keep_on: KeepOn
) -> tuple[Sequence[Decided], Texts]:
    """Oldest first: those that still have words, each wording once, by its newest decision.

    A text sent again and again neither teaches a hundred times nor measures what it taught.
    """
    known: list[Decided] = []
    parts: list[Texts] = []
    said: set[str] = set()
    for last in range(len(decided), 0, -AT_ONCE):
        some = decided[max(0, last - AT_ONCE) : last]
        _store_or_stop(held, keep_on, done=len(decided) - last, total=len(decided))
        bodies = _bodies(some)
        chosen = [one for one in reversed(some) if _is_new(bodies.get(one.revision_id, ""), said)]
        chosen.reverse()
        known = chosen + known
        parts.insert(0, correcting.read([bodies[one.revision_id] for one in chosen], shipped))
    return known, correcting.joined(parts)


def _bodies(decided: Sequence[Decided]) -> dict[int, str]:
    with only_reading():
        found = db.session.execute(queries.bodies([one.revision_id for one in decided])).all()
        db.session.rollback()
    return dict(found)


def _is_new(body: str, said: set[str]) -> bool:
    words = " ".join(body.casefold().split())
    if not words or words in said:
        return False
    said.add(words)
    return True


def _state(learned: Learned) -> LearningState:
    return LearningState.NOT_BETTER if learned.weights is None else LearningState.OFFERED


def outcome(learned: Learned, shipped: Weights, now: datetime) -> dict[str, Any]:
    """As the row keeps it."""
    found: dict[str, Any] = {
        "result": {
            "since": learned.since.isoformat(),
            "heads": {head: one.to_stored() for head, one in learned.heads.items()},
        }
    }
    if learned.weights is not None:
        weights, file = learning.named(learned.weights, now), io.BytesIO()
        weights.write(file)
        found |= {
            "weights": file.getvalue(),
            "version": weights.version,
            "base": shipped.version,
        }
    return found


def _is_due(site_id: int) -> bool:
    """Whether a night's learning could find anything that the last one did not."""
    with only_reading():
        site = db.session.get_one(Site, site_id)
        last = db.session.scalar(queries.of_site(site_id).limit(1))
        is_new = last is None or (
            last.asked_at < clock.now() - AFTER
            and last.last_decision_id != db.session.scalar(queries.last_decision(site_id))
        )
        is_due = is_new and learning.is_enough(service.decided(site))
        db.session.rollback()
    return is_due


def _next() -> int | None:
    with only_reading():
        found = db.session.scalar(queries.waiting(lost_before=clock.now() - LOST))
        db.session.rollback()
    return found


def _finish(held: Held, state: LearningState, **values: Any) -> None:
    """What came of it, once; it replaces what came of it before."""
    row = db.session.get_one(LearnedModel, held.row_id)
    site = db.session.get_one(Site, row.site_id)
    choices.lock(site)
    if held.store(commit=False, state=state, finished_at=clock.now(), **values):
        db.session.refresh(row)
        service.forget_older(row)
    db.session.commit()
    log.info("learned", site_id=site.id, model_id=row.id, state=state.value)


def _store_or_stop(held: Held, keep_on: KeepOn, **values: Any) -> None:
    if not held.store(**values) or not keep_on():
        raise _Stopped
