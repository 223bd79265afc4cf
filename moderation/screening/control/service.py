"""Switch a check, set from which scores on it counts; two who do it at once. Never commits."""

from collections.abc import Mapping
from dataclasses import replace

from moderation import clock
from moderation.errors import Conflict, Missing
from moderation.people.models import Person
from moderation.screening import choices, kit
from moderation.screening.budget import service as budget
from moderation.screening.budget.reckoning import HEADS
from moderation.screening.settings import PHASES, Bars, Screening
from moderation.screening.verdict import PhaseMode
from moderation.sites.models import Site

MOVED_ON = "Somebody changed “{title}” meanwhile. Below is how it stands now."
TYPED_OVER = (
    "Somebody changed the scores of “{title}” meanwhile. What you typed is still here: save it "
    "again if it is still what you want."
)

Bounds = Mapping[str, Bars]


def chosen(site: Site) -> Screening:
    return Screening.from_stored(site.settings.screening)


def of_phase(bounds: Bounds, phase: str) -> Bounds:
    """Those of the phase's own checkers."""
    return {c: bars for c, bars in bounds.items() if is_of(c, phase)}


def set_mode(
    site: Site, phase: str, mode: PhaseMode, *, seen: PhaseMode, by: Person | None
) -> None:
    """Switch a check. seen: how it stood on the lead's screen.

    Missing for a check there is not; Conflict if somebody else switched it to something else.
    """
    check_phase(phase)
    choices.lock(site)
    now = chosen(site)
    if now.mode(phase) is mode:
        return
    if now.mode(phase) is not seen:
        raise Conflict(MOVED_ON.format(title=PHASES[phase]))
    choices.choose(site, now.with_mode(phase, mode), by=by)


def mark_of(bounds: Bounds) -> str:
    """What a form carries, to know whether they are still the same."""
    return "; ".join(f"{c} {b.report_at} {b.hold_at}" for c, b in sorted(bounds.items()))


def set_bars(site: Site, phase: str, wanted: Bounds, *, seen: str, by: Person | None) -> Bounds:
    """Set the thresholds of a check's parts; those that changed.

    What is as shipped is not kept as set by hand. seen: the mark of what was set by hand on the
    lead's screen. Raises as `set_mode` does.
    """
    check_phase(phase)
    choices.lock(site)
    now, plain = chosen(site), kit.shipped_bars(site)
    before = of_phase(now.bars, phase)
    fresh = {c: bars for c, bars in wanted.items() if bars != plain.get(c)}
    if before == fresh:
        return {}
    if mark_of(before) != seen:
        raise Conflict(TYPED_OVER.format(title=PHASES[phase]))
    others = {c: bars for c, bars in now.bars.items() if not is_of(c, phase)}
    choices.choose(site, replace(now, bars={**others, **fresh}), by=by)
    if now.hold_share is not None and any(is_of(head, phase) for head in HEADS):
        _reckon_anew(site)
    return {c: bars for c, bars in wanted.items() if bars != before.get(c, plain.get(c))}


def manners_mark(screening: Screening) -> str:
    return f"{screening.nudge} {screening.language}"


def set_manners(site: Site, *, nudge: bool, language: str, seen: str, by: Person | None) -> None:
    """Whether authors are asked before posting, and in which language the site is written.

    seen: the mark of both on the lead's screen. Raises Conflict.
    """
    choices.lock(site)
    now = chosen(site)
    if (now.nudge, now.language) == (nudge, language):
        return
    if manners_mark(now) != seen:
        raise Conflict("Somebody changed this meanwhile. Below is how it stands now.")
    choices.choose(site, replace(now, nudge=nudge, language=language), by=by)


def check_phase(phase: str) -> None:
    """Raises Missing."""
    if phase not in PHASES:
        raise Missing("There is no such check.")


def _reckon_anew(site: Site) -> None:
    """What the limit leaves to the other heads of the model."""
    at = clock.now()
    budget.keep(site, budget.reckon_now(site, kit.shipped_bars(site), at), at)


def is_of(checker: str, phase: str) -> bool:
    return checker.partition(":")[0] == phase
