"""What the page of the checks is drawn from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from moderation import clock
from moderation.database import db
from moderation.policy import service as policy
from moderation.screening import kit
from moderation.screening.control import about, queries, service
from moderation.screening.control.forms import BarsForm, MannersForm, bars_form
from moderation.screening.control.service import Bounds
from moderation.screening.remote.models import RemoteChecker
from moderation.screening.settings import PHASES, Bars, Screening
from moderation.screening.verdict import PhaseMode
from moderation.sites.models import Site

LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Part:
    """A checker that names a clause. in_force: what counts, with what the site's limit raised.

    named: comments it named LATELY, at most queries.COUNTED.
    """

    checker: str
    called: str
    shipped: Bars
    in_force: Bars
    is_by_hand: bool
    named: int

    @property
    def is_raised(self) -> bool:
        """Whether the limit on what is held lets it hold later than shipped."""
        return not self.is_by_hand and self.in_force.hold_at != self.shipped.hold_at


@dataclass(frozen=True)
class Check:
    """One phase. parts: none if it names no clause. more: (address, words) of a page about it.

    lacks: what it needs before it can look; "" if nothing.
    """

    phase: str
    title: str
    does: str
    mode: PhaseMode
    parts: Sequence[Part]
    form: BarsForm
    more: tuple[str, str] | None
    lacks: str = ""

    @property
    def named(self) -> int:
        return sum(part.named for part in self.parts)

    @property
    def is_by_hand(self) -> bool:
        return any(part.is_by_hand for part in self.parts)


def checks(site: Site, problems: Mapping[str, BarsForm]) -> list[Check]:
    """Every phase in its order. problems: phase → its form, if that was refused."""
    chosen, shipped = service.chosen(site), kit.shipped_bars(site)
    by_phase = _parts(site, shipped)
    return [
        Check(
            phase,
            title,
            about.DOES[phase],
            chosen.mode(phase),
            by_phase[phase],
            problems.get(phase) or scores(phase, chosen, shipped, formdata=None),
            about.MORE.get(phase),
            _lacking(phase, chosen.mode(phase), site),
        )
        for phase, title in PHASES.items()
    ]


def _lacking(phase: str, mode: PhaseMode, site: Site) -> str:
    if phase != "remote" or mode is PhaseMode.OFF:
        return ""
    checker = db.session.get(RemoteChecker, site.id)
    return "" if checker and checker.url else "It has no address, so nobody is asked."


def scores(phase: str, chosen: Screening, shipped: Bounds, **given: object) -> BarsForm:
    """The form of a phase's scores: as set by hand, else as shipped."""
    by_hand = service.of_phase(chosen.bars, phase)
    own = sorted(service.of_phase(shipped, phase).items())
    shown = {checker: by_hand.get(checker, bars) for checker, bars in own}
    return bars_form(shown, data={"seen": service.mark_of(by_hand)}, **given)


def manners(site: Site, **given: object) -> MannersForm:
    chosen = service.chosen(site)
    now = {"nudge": chosen.nudge, "language": chosen.language}
    return MannersForm(data={**now, "seen": service.manners_mark(chosen)}, **given)


def in_words(site: Site, changed: Mapping[str, Bars]) -> list[str]:
    """A sentence for each checker that counts otherwise now."""
    titles = _titles(site)
    return [f"{about.called(c, titles)} {_does(bars)}." for c, bars in sorted(changed.items())]


def _does(bars: Bars) -> str:
    if bars.report_at is None:
        return "never reports"
    holds = "never holds" if bars.hold_at is None else f"holds from {bars.hold_at:g}"
    return f"reports from {bars.report_at:g} and {holds}"


def _titles(site: Site) -> Mapping[str, str]:
    return {clause.code: clause.title for clause in policy.in_force(site).clauses}


def _parts(site: Site, shipped: Bounds) -> Mapping[str, Sequence[Part]]:
    """phase → its checkers that name a clause."""
    by_hand, in_force = service.chosen(site).bars, kit.of(site).bars
    named = _named(site, shipped)
    titles = _titles(site)
    made = [
        Part(
            checker,
            about.called(checker, titles),
            bars,
            by_hand.get(checker) or in_force.get(checker, bars),
            checker in by_hand,
            named.get(checker, 0),
        )
        for checker, bars in sorted(shipped.items())
    ]
    return {phase: list(_of(made, phase)) for phase in PHASES}


def _of(parts: Iterable[Part], phase: str) -> Iterable[Part]:
    return (part for part in parts if service.is_of(part.checker, phase))


def _named(site: Site, checkers: Collection[str]) -> Mapping[str, int]:
    since = clock.now() - LATELY
    rows = db.session.execute(queries.named(site.id, checkers, since=since))
    return {row.checker: row.named for row in rows}
