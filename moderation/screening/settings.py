"""What machines may do on a site: each phase's mode, each checker's thresholds, in one place.

Stored under "screening" in the site's settings; what a site does not say is as shipped.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any

from moderation.screening.verdict import PhaseMode

# in the order in which they run and are shown
PHASES: Mapping[str, str] = {
    "length": "Very short or very long",
    "links": "Links",
    "words": "Word lists",
    "repeats": "The same text again",
    "flood": "Many comments in a short time",
    "personal": "Personal data",
    "first-comment": "First comment of an account",
    "history": "What was decided about the author lately",
    "account-age": "Age of the account",
    "noise": "Capitals, noise and hidden characters",
    "language": "Another language than the site’s",
    "contempt": "What may not be said while a court sits",
    "risk": "Risk model",
    "rule": "The newsroom’s own rules",
    "remote": "The publisher’s own checker",
}
AS_SHIPPED: Mapping[str, PhaseMode] = {
    **dict.fromkeys(PHASES, PhaseMode.LIVE),
    "remote": PhaseMode.OFF,
}


@dataclass(frozen=True, slots=True)
class Bars:
    """The least score that reports, and that asks for a first look; None never does."""

    report_at: float | None = None
    hold_at: float | None = None


@dataclass(frozen=True)
class HeatLine:
    """When an article is too hot: in ten minutes, so many comments or reports, or so many comments
    at risk. step: "slow" or "premoderated"; minutes: how long it lasts.
    """

    is_on: bool = False
    comments: int = 60
    reports: int = 15
    at_risk: int = 10
    step: str = "slow"
    seconds_between: int = 120
    minutes: int = 60


@dataclass(frozen=True)
class Screening:
    """A site's choices.

    hold_share: hold at most this share of comments, in percent; None holds by the bars alone.
    sampled: percent of unflagged comments shown to the desk. language: a two-letter code.
    closed: phases without whose look, if they fail, a new comment waits for a moderator's; the
    others fail open: it is published, and shown as unchecked.
    """

    modes: Mapping[str, PhaseMode] = field(default_factory=dict)
    bars: Mapping[str, Bars] = field(default_factory=dict)
    nudge: bool = True
    hold_share: float | None = None
    sampled: float = 1.0
    language: str = "en"
    heat: HeatLine = HeatLine()
    closed: frozenset[str] = frozenset()

    def mode(self, phase: str) -> PhaseMode:
        return self.modes.get(phase, AS_SHIPPED[phase])

    def to_stored(self) -> dict[str, Any]:
        """As `from_stored` reads it; only what differs from the shipped choices."""
        plain = Screening()
        stored: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("nudge", "hold_share", "sampled", "language")
            if getattr(self, name) != getattr(plain, name)
        }
        if self.modes:
            stored["modes"] = {phase: mode.value for phase, mode in self.modes.items()}
        if self.bars:
            stored["bars"] = {name: [b.report_at, b.hold_at] for name, b in self.bars.items()}
        if self.closed:
            stored["closed"] = sorted(self.closed)
        if self.heat != plain.heat:
            stored["heat"] = {f.name: getattr(self.heat, f.name) for f in fields(HeatLine)}
        return stored

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Screening":
        """What is not understood, such as after a return to an older program, is as shipped.

        A comment is never lost to a setting.
        """
        given = {}
        for name in stored.keys() & {f.name for f in fields(cls)}:
            with suppress(ValueError, TypeError, AttributeError):
                given[name] = _READ.get(name, _as_it_is)(stored[name])
        return cls(**given)

    def with_mode(self, phase: str, mode: PhaseMode) -> "Screening":
        """KeyError for a phase nobody knows."""
        if phase not in PHASES:
            raise KeyError(phase)
        return replace(self, modes={**self.modes, phase: mode})


def _as_it_is(stored: Any) -> Any:
    return stored


def _modes(stored: Mapping[str, str]) -> dict[str, PhaseMode]:
    return {phase: _mode(mode) for phase, mode in stored.items() if phase in PHASES}


def _phases(stored: Iterable[str]) -> frozenset[str]:
    return frozenset(PHASES.keys() & stored)


def _mode(stored: str) -> PhaseMode:
    """Of a mode nobody knows nothing follows."""
    try:
        return PhaseMode(stored)
    except ValueError:
        return PhaseMode.SHADOW


def _bars(stored: Mapping[str, Any]) -> dict[str, Bars]:
    return {checker: Bars(*map(_bar, pair)) for checker, pair in stored.items() if len(pair) == 2}


def _bar(stored: Any) -> float | None:
    return None if stored is None else float(stored)


def _heat(stored: Mapping[str, Any]) -> HeatLine:
    known = {f.name for f in fields(HeatLine)}
    return HeatLine(**{name: value for name, value in stored.items() if name in known})


_READ: Mapping[str, Callable[[Any], Any]] = {
    "modes": _modes,
    "bars": _bars,
    "hold_share": _bar,
    "sampled": float,
    "language": str,
    "heat": _heat,
    "closed": _phases,
}
