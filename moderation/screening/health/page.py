"""How the checks are, in words: for the page, the desk's one line and `/healthz`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation import clock
from moderation.database import db
from moderation.screening.health import queries, service
from moderation.screening.health.models import PhaseCheck
from moderation.screening.health.queries import COUNTED
from moderation.screening.health.service import Trouble
from moderation.screening.settings import PHASES, Screening
from moderation.screening.verdict import PhaseMode
from moderation.sites.models import Site

DAY = timedelta(days=1)
JUST_NOW = timedelta(hours=1)


@dataclass(frozen=True)
class Light:
    """One check. looked_at: when it last looked, None if never. failures: of the last day.

    check: what “Check them now” does or did lately.
    """

    phase: str
    title: str
    mode: PhaseMode
    fails_closed: bool
    looked_at: datetime | None
    failing_since: datetime | None
    failures: int
    unchecked: int
    check: PhaseCheck | None

    @property
    def state(self) -> str:
        """ "off", "failing", "missing" (well, and some comments unchecked) or "well"."""
        if self.mode is PhaseMode.OFF:
            return "off"
        if self.failing_since is not None:
            return "failing"
        return "missing" if self.unchecked else "well"

    @property
    def many(self) -> str:
        """Such as "41 comments are unchecked"."""
        return unchecked(self.unchecked)

    @property
    def is_being_checked(self) -> bool:
        return self.check is not None and self.check.finished_at is None


def lights(site: Site) -> list[Light]:
    """Every check: those in trouble first, then in their order. Five queries."""
    chosen, now = Screening.from_stored(site.settings.screening), clock.now()
    troubles = {trouble.phase: trouble for trouble in service.troubles(site)}
    failures = dict(
        db.session.execute(queries.failures(site.id, tuple(PHASES), since=now - DAY)).all()
    )
    looked = _looked_at(site)
    running = {check.phase: check for check in db.session.scalars(queries.checks(site.id))}
    found = [
        Light(
            phase=phase,
            title=title,
            mode=chosen.mode(phase),
            fails_closed=phase in chosen.closed,
            looked_at=looked[phase],
            failing_since=troubles[phase].failing_since if phase in troubles else None,
            failures=failures.get(phase, 0),
            unchecked=troubles[phase].unchecked if phase in troubles else 0,
            check=_lately(running.get(phase)),
        )
        for phase, title in PHASES.items()
    ]
    return sorted(found, key=lambda light: light.state not in {"failing", "missing"})


def line(site: Site) -> Sequence[tuple[str, datetime | None, str]]:
    """(which check, failing since, what is unchecked) for the desk. One query."""
    return [
        (PHASES[t.phase], t.failing_since, unchecked(t.unchecked) if t.unchecked else "")
        for t in service.troubles(site)
    ]


def plain_lines() -> list[str]:
    """For machines: "main: remote fails since 2026-11-25T09:12:00Z, 41 comments unchecked"."""
    return [_plain(slug, trouble) for slug, trouble in service.troubles_everywhere()]


def unchecked(count: int) -> str:
    many = f"more than {COUNTED:,}" if count > COUNTED else str(count)
    return "1 comment is unchecked" if count == 1 else f"{many} comments are unchecked"


def _plain(slug: str, trouble: Trouble) -> str:
    said = [f"{trouble.phase} is well"]
    if trouble.failing_since is not None:
        since = trouble.failing_since.strftime("%Y-%m-%dT%H:%M:%SZ")
        said = [f"{trouble.phase} fails since {since}"]
    if trouble.unchecked:
        many = f"over {COUNTED}" if trouble.unchecked > COUNTED else str(trouble.unchecked)
        said.append(f"{many} comment{'' if trouble.unchecked == 1 else 's'} unchecked")
    return f"{slug}: {', '.join(said)}"


def _looked_at(site: Site) -> Mapping[str, datetime | None]:
    """When each last looked: as often as comments come, unless it failed or answers by itself."""
    newest = db.session.scalar(queries.last_screened(site.id))
    failing = dict(db.session.execute(queries.failing(site.id)).all())
    answered = db.session.scalar(queries.last_answered(site.id))
    return {**dict.fromkeys(PHASES, newest), **failing, "remote": answered}


def _lately(check: PhaseCheck | None) -> PhaseCheck | None:
    """What ended long ago is no news."""
    if check is None or check.finished_at is None:
        return check
    return check if clock.now() - check.finished_at < JUST_NOW else None
