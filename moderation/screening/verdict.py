"""What a phase finds, and what a verdict is: values, for any text, stored or not."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

# who has said that it will answer later: unchecked so far, and no failure
LATER = "remote:later"


class PhaseMode(enum.Enum):
    OFF = "off"  # does not run
    SHADOW = "shadow"  # runs, and nothing follows from it
    LIVE = "live"


class Would(enum.Enum):
    """What a verdict alone would have done, had it been live."""

    NOTHING = "nothing"
    REPORT = "report"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` up to `end`, not included, of the text as it was typed."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a phase says.

    checker: who says so, to be measured by: the phase's name, or `phase:part`, such as
    "risk:attack", "words:abuse", "rule:many-links".
    clause: the code of the clause alleged; None makes it a signal on the card and nothing else.
    score: 0 to 1. A probability for the risk model; 1 where there is nothing between yes and no.
    why: short sentences for the card, in plain words.
    """

    checker: str
    score: float
    clause: str | None = None
    spans: Sequence[Span] = ()
    why: Sequence[str] = ()
    # of the list, the rule or the model that says so; "" where the program's own is meant
    version: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding against the site's thresholds.

    report_at, hold_at: the least score that reports, and that asks for a first look; None never.
    is_checked: False if the phase failed or did not answer; then `why` says how.
    """

    phase: str
    checker: str
    mode: PhaseMode
    score: float
    would: Would = Would.NOTHING
    clause: str | None = None
    report_at: float | None = None
    hold_at: float | None = None
    spans: Sequence[Span] = ()
    why: Sequence[str] = ()
    version: str = ""
    is_checked: bool = True

    @property
    def reports(self) -> bool:
        """Whether it becomes a report."""
        return self.mode is PhaseMode.LIVE and self.would is not Would.NOTHING

    @property
    def holds(self) -> bool:
        """Whether it keeps a new comment off the page until somebody has looked."""
        return self.mode is PhaseMode.LIVE and self.would is Would.HOLD
