"""Note how the checks did on a comment, and say which of them fail. Never commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation import clock
from moderation.database import db
from moderation.screening.health import queries
from moderation.screening.health.models import PhaseFailure, PhaseHealth
from moderation.screening.settings import PHASES, Screening
from moderation.screening.verdict import PhaseMode
from moderation.sites.models import Site

CALM = timedelta(minutes=1)  # a check that broke just now is not well for one good look
KEPT = timedelta(days=2)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A check that fails, or has not looked at everything. unchecked: at most COUNTED + 1."""

    phase: str
    failing_since: datetime | None
    unchecked: int


def note(site: Site, revision_id: int, *, well: Collection[str], failed: Collection[str]) -> None:
    """How the phases did on one new comment. One query where nothing fails."""
    now = clock.now()
    failing = set(db.session.connection().execute(queries.FAILING, {"site_id": site.id}).scalars())
    for phase in sorted(failed):
        db.session.add(PhaseFailure(site_id=site.id, phase=phase, at=now))
        if phase not in failing:
            _begins(site, phase, now, but=revision_id)
    for phase in sorted(failing.intersection(well)):
        last = db.session.scalar(queries.last_failure(site.id, phase))
        if last is None or now - last >= CALM:
            _ends(site, phase)


def recovered(site: Site, phase: str) -> None:
    """A check could look at what it had missed: once nothing is missing it is well."""
    if db.session.scalar(queries.waiting(site.id, phase).limit(1)) is None:
        _ends(site, phase)


def troubles(site: Site) -> list[Trouble]:
    """What fails or has left comments unchecked, in the order of the phases. One query."""
    chosen = Screening.from_stored(site.settings.screening)
    found = {row[0]: Trouble(*row) for row in db.session.execute(queries.troubled(site.id))}
    return [found[phase] for phase in PHASES if phase in found and _matters(found[phase], chosen)]


def troubles_everywhere() -> list[tuple[str, Trouble]]:
    """(a site's short name, what fails there). One query."""
    return [
        (site.slug, trouble)
        for site, phase, since, unchecked in db.session.execute(queries.troubled_everywhere())
        if _matters(
            trouble := Trouble(phase, since, unchecked),
            Screening.from_stored(site.settings.screening),
        )
    ]


def clear_old() -> None:
    """Failures nobody counts any more. For the worker."""
    db.session.execute(delete(PhaseFailure).where(PhaseFailure.at < clock.now() - KEPT))


def _matters(trouble: Trouble, chosen: Screening) -> bool:
    """What is switched off cannot fail, and is not missed."""
    is_on = trouble.phase in PHASES and chosen.mode(trouble.phase) is not PhaseMode.OFF
    return is_on and (trouble.failing_since is not None or trouble.unchecked > 0)


def _begins(site: Site, phase: str, now: datetime, *, but: int) -> None:
    """Told once, however many comments come at the same moment."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    looked_at = db.session.scalar(queries.last_screened(site.id, but=but))
    row = insert(PhaseHealth).values(
        site_id=site.id, phase=phase, failing_since=now, looked_at=looked_at
    )
    fresh = row.on_conflict_do_update(
        index_elements=[PhaseHealth.site_id, PhaseHealth.phase],
        set_={"failing_since": now, "looked_at": looked_at},
        where=PhaseHealth.failing_since.is_(None),
    ).returning(PhaseHealth.phase)
    if db.session.execute(fresh).all():
        log.error("check fails", site=site.slug, phase=phase)


def _ends(site: Site, phase: str) -> None:
    ended = db.session.execute(
        update(PhaseHealth)
        .where(
            PhaseHealth.site_id == site.id,
            PhaseHealth.phase == phase,
            PhaseHealth.failing_since.is_not(None),
        )
        .values(failing_since=None)
        .returning(PhaseHealth.phase)
        .execution_options(synchronize_session=False)
    )
    if ended.all():
        log.warning("check is well again", site=site.slug, phase=phase)
