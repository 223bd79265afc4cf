"""“Check them now”: let a check look at what it has missed, a comment in a transaction. Commits."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy import ColumnElement, update

from moderation import clock
from moderation.cases.verdicts import StoredVerdict
from moderation.database import db, only_reading
from moderation.people.models import Person
from moderation.screening import again, choices
from moderation.screening.health import queries
from moderation.screening.health.models import PhaseCheck
from moderation.screening.remote import again as remote
from moderation.screening.remote.again import Outcome
from moderation.sites.models import Site

AT_ONCE = 50  # comments while somebody waits
SECONDS = 2.0
GIVEN_UP = 3  # failures in a row of a checker that lives elsewhere

KeepOn = Callable[[], bool]

log = structlog.get_logger()


def begin(site: Site, phase: str, *, by: Person) -> int:
    """Take down what is to be checked; how many comments. The caller commits."""
    choices.lock(site)  # two who press the button at once
    total, until_id = db.session.execute(queries.extent(site.id, phase)).one()
    if total:
        db.session.merge(
            PhaseCheck(
                site_id=site.id,
                phase=phase,
                after_id=0,
                until_id=until_id,
                total=total,
                done=0,
                checked=0,
                started_by_id=by.id,
                started_at=clock.now(),
                finished_at=None,
            )
        )
    return total or 0


def begin_working(site_id: int, phase: str) -> None:
    """As many as somebody can wait for; the worker does the rest."""
    deadline = time.monotonic() + SECONDS
    left = iter(range(AT_ONCE))
    work_off(
        site_id,
        phase,
        keep_on=lambda: time.monotonic() < deadline and next(left, None) is not None,
        within=SECONDS / 2,
    )


def run_waiting(keep_on: KeepOn) -> None:
    """For the worker: whatever is left to be checked."""
    with only_reading():
        unfinished = db.session.execute(queries.unfinished()).all()
        db.session.rollback()
    for site_id, phase in unfinished:
        work_off(site_id, phase, keep_on=keep_on, within=remote.PATIENCE)


def work_off(site_id: int, phase: str, *, keep_on: KeepOn, within: float) -> None:
    """within: seconds that a checker elsewhere has for each."""
    failures = 0
    while keep_on():
        revision_id = _take_next(site_id, phase)
        if revision_id is None:
            return
        outcome = _check(revision_id, phase, site_id, within)
        failures = failures + 1 if outcome is Outcome.FAILED else 0
        if outcome is Outcome.DONE:
            _count(site_id, phase)
        elif phase == "remote" and failures == GIVEN_UP:
            _change(site_id, phase, finished_at=clock.now())
            return


def _check(revision_id: int, phase: str, site_id: int, within: float) -> Outcome:
    """Several may work at this at once, and each comment is one transaction."""
    if phase == "remote":
        return remote.ask_again(revision_id, site_id=site_id, within=within)
    try:
        site = db.session.get_one(Site, site_id)
        is_checked = again.check_again(revision_id, phase, site=site)
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("checking again failed", phase=phase)
        return Outcome.FAILED
    return Outcome.DONE if is_checked else Outcome.FAILED


def _take_next(site_id: int, phase: str) -> int | None:
    """The next revision, ours from now on; None, and finished, if there is none."""
    while True:
        check = db.session.get(PhaseCheck, (site_id, phase), populate_existing=True)
        if check is None or check.finished_at is not None:
            db.session.rollback()
            return None
        missing = db.session.scalar(
            queries.waiting(site_id, phase, after=check.after_id)
            .where(StoredVerdict.id <= check.until_id)
            .limit(1)
        )
        if missing is None:
            # not one that was begun anew a moment ago
            _change(
                site_id,
                phase,
                PhaseCheck.started_at == check.started_at,
                finished_at=clock.now(),
            )
            return None
        revision_id = missing.revision_id
        if _claim(check, missing.id):
            return revision_id


def _claim(check: PhaseCheck, verdict_id: int) -> bool:
    """Whether nobody else took it at the same moment."""
    taken = db.session.execute(
        update(PhaseCheck)
        .where(
            PhaseCheck.site_id == check.site_id,
            PhaseCheck.phase == check.phase,
            PhaseCheck.after_id == check.after_id,
            PhaseCheck.finished_at.is_(None),
        )
        .values(after_id=verdict_id, done=PhaseCheck.done + 1)
        .returning(PhaseCheck.site_id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.commit()
    return bool(taken)


def _count(site_id: int, phase: str) -> None:
    _change(site_id, phase, checked=PhaseCheck.checked + 1)


def _change(site_id: int, phase: str, *only_if: ColumnElement[bool], **values: object) -> None:
    db.session.execute(
        update(PhaseCheck)
        .where(PhaseCheck.site_id == site_id, PhaseCheck.phase == phase, *only_if)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
