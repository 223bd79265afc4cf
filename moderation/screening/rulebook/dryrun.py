"""Dry runs: claimed by a worker, worked off in short steps, each telling how far it is. Commits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_

from moderation import clock
from moderation.database import db, only_reading
from moderation.screening.held import Held
from moderation.screening.rulebook import language, queries, replay
from moderation.screening.rulebook.models import DryRun, DryRunState
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.replay import Period, Progress
from moderation.screening.rulebook.ruleset import Ready, RuleSet
from moderation.screening.rulebook.tally import Tally
from moderation.screening.verdict import PhaseMode

LOST = timedelta(minutes=2)  # a worker silent for so long is dead
BROKE = "Something broke on our side while the comments were read. Start the dry run again."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Job:
    held: Held
    expression: str
    clause: str
    hold: bool
    period: Period


def run_waiting(keep_on: Callable[[], bool]) -> None:
    """Every dry run that waits, oldest first, as long as `keep_on()`.

    Told to stop, it hands back the one in its hands: somebody begins it again.
    """
    while keep_on() and (job := _claim()) is not None:
        try:
            _work(job, keep_on)
        except Exception:
            db.session.rollback()
            log.exception("dry run failed", dry_run_id=job.held.row_id)
            _finish(job, DryRunState.FAILED, failure=BROKE)


def ruleset(expression: str, *, clause: str, hold: bool) -> RuleSet:
    """The one rule that is tried. Raises BadRule."""
    program = language.parsed(expression)
    return RuleSet((Ready("dry-run", "", clause, PhaseMode.SHADOW, hold, program),))


def measure(expression: str, *, clause: str, period: Period, progress: Progress) -> Tally | None:
    """At once, without a row; None if `progress` said to stop. Raises BadRule."""
    return replay.ask(ruleset(expression, clause=clause, hold=False), period, progress)


def _work(job: _Job, keep_on: Callable[[], bool]) -> None:
    try:
        rules = ruleset(job.expression, clause=job.clause, hold=job.hold)
    except BadRule as error:
        _finish(job, DryRunState.FAILED, failure=error.sentence)
        return
    tally = replay.ask(rules, job.period, _tell(job, keep_on))
    if tally is None:
        job.held.store(state=DryRunState.WAITING, done=0)
        return
    _finish(job, DryRunState.DONE, result=tally.to_stored())


def _tell(job: _Job, keep_on: Callable[[], bool]) -> Progress:
    def tell(done: int, total: int) -> bool:
        return job.held.store(done=done, total=total) and keep_on()

    return tell


def _claim() -> _Job | None:
    """The oldest dry run that nobody works on, ours from now on."""
    now = clock.now()
    while (run_id := _next(now)) is not None:
        free = or_(DryRun.state == DryRunState.WAITING, DryRun.touched_at < now - LOST)
        held = Held.take(DryRun, run_id, free=free, state=DryRunState.RUNNING, done=0)
        if held is not None:
            return _job(held)
    return None


def _next(now: datetime) -> int | None:
    with only_reading():
        found = db.session.scalar(queries.unfinished(lost_before=now - LOST))
        db.session.rollback()
    return found


def _job(held: Held) -> _Job:
    with only_reading():
        run = db.session.get_one(DryRun, held.row_id)
        period = Period.before(run.site_id, run.created_at, days=run.days)
        job = _Job(held, run.expression, run.clause_code, run.hold, period)
        db.session.rollback()
    return job


def _finish(job: _Job, state: DryRunState, **values: Any) -> None:
    job.held.store(state=state, finished_at=clock.now(), **values)
