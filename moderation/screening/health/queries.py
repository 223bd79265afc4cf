"""How the checks are: small tables, and counts that stop at COUNTED."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, select

from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.screening.health.models import PhaseCheck, PhaseFailure, PhaseHealth
from moderation.screening.remote.models import RemoteAsk
from moderation.screening.verdict import LATER
from moderation.sites.models import Site

COUNTED = 1000


def failing(site_id: int) -> Select[str, datetime | None]:
    """(phase, when it last looked before that)."""
    return select(PhaseHealth.phase, PhaseHealth.looked_at).where(
        PhaseHealth.site_id == site_id, PhaseHealth.failing_since.is_not(None)
    )


# the phases that fail on `site_id`; built once, since every comment asks
FAILING = select(PhaseHealth.phase).where(
    PhaseHealth.site_id == bindparam("site_id"), PhaseHealth.failing_since.is_not(None)
)


def troubled(site_id: int) -> Select[str, datetime | None, int]:
    """(phase, failing since, comments unchecked) of what has failed; the desk's one query."""
    return select(PhaseHealth.phase, PhaseHealth.failing_since, _unchecked()).where(
        PhaseHealth.site_id == site_id
    )


def troubled_everywhere() -> Select[Site, str, datetime | None, int]:
    """The same with its site, of all sites."""
    return (
        select(Site, PhaseHealth.phase, PhaseHealth.failing_since, _unchecked())
        .join(Site, Site.id == PhaseHealth.site_id)
        .order_by(Site.slug, PhaseHealth.phase)
    )


def waiting(site_id: int, phase: str, *, after: int = 0) -> Select[StoredVerdict]:
    """What a check has not looked at, oldest first. Served by ix_verdict_unchecked."""
    return (
        select(StoredVerdict)
        .where(
            StoredVerdict.site_id == site_id,
            StoredVerdict.phase == phase,
            StoredVerdict.id > after,
            *_open(),
        )
        .order_by(StoredVerdict.id)
    )


def extent(site_id: int, phase: str) -> Select[int, int | None]:
    """(comments, the last verdict's id) of what a check has not looked at."""
    return select(
        func.count(StoredVerdict.comment_id.distinct()), func.max(StoredVerdict.id)
    ).where(StoredVerdict.site_id == site_id, StoredVerdict.phase == phase, *_open())


def failures(site_id: int, phases: Collection[str], *, since: datetime) -> Select[str, int]:
    """(phase, failures) since; at most COUNTED are read of all."""
    newest = (
        select(PhaseFailure.phase)
        .where(
            PhaseFailure.site_id == site_id,
            PhaseFailure.phase.in_(phases),
            PhaseFailure.at >= since,
        )
        .limit(COUNTED)
        .subquery()
    )
    return select(newest.c.phase, func.count()).group_by(newest.c.phase)


def last_failure(site_id: int, phase: str) -> Select[datetime | None]:
    return select(func.max(PhaseFailure.at)).where(
        PhaseFailure.site_id == site_id, PhaseFailure.phase == phase
    )


def last_screened(site_id: int, *, but: int = 0) -> Select[datetime]:
    """When the newest comment was screened. but: a revision that is not meant."""
    return (
        select(Screened.at)
        .where(Screened.site_id == site_id, Screened.revision_id != but)
        .order_by(Screened.revision_id.desc())
        .limit(1)
    )


def last_answered(site_id: int) -> Select[datetime | None]:
    """When the publisher's own checker last answered."""
    return select(func.max(RemoteAsk.answered_at)).where(RemoteAsk.site_id == site_id)


def checks(site_id: int) -> Select[PhaseCheck]:
    return select(PhaseCheck).where(PhaseCheck.site_id == site_id)


def unfinished() -> Select[int, str]:
    """(site, phase) of every check that is being made again."""
    return (
        select(PhaseCheck.site_id, PhaseCheck.phase)
        .where(PhaseCheck.finished_at.is_(None))
        .order_by(PhaseCheck.started_at, PhaseCheck.site_id, PhaseCheck.phase)
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    """What will be answered later, as was said, is not missing yet."""
    # as the index has it: where it says IS FALSE, no database looks there
    return ~StoredVerdict.is_checked, StoredVerdict.checker != LATER


def _unchecked() -> ScalarSelect[int]:
    """Comments, of the row's site and phase; COUNTED + 1 for more."""
    some = (
        select(StoredVerdict.comment_id)
        .where(
            StoredVerdict.site_id == PhaseHealth.site_id,
            StoredVerdict.phase == PhaseHealth.phase,
            *_open(),
        )
        .limit(COUNTED + 1)
        .correlate(PhaseHealth)
        .subquery()
    )
    return select(func.count(some.c.comment_id.distinct())).select_from(some).scalar_subquery()
