"""Which thresholds keep what is held within a share of all comments. Pure arithmetic.

Whatever is no score holds first, and the model's heads get what is left. Their thresholds rise
together: each by the same part of the way from the shipped one to certainty. The heads' scores are
calibrated probabilities, so the same part of the way is the same strictness.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

# the others are rules, and hold first
HEADS = ("risk:attack", "risk:hate", "risk:spam")


@dataclass(frozen=True, slots=True)
class Seen:
    """A comment of the last weeks. held_by: what held it beside the heads. scores: head → 0 to 1,
    at least those that reach the shipped threshold.
    """

    held_by: frozenset[str]
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Reckoning:
    """bars: head → the least score that holds; None holds nothing. Shares: 0 to 1.

    shares: of each checker that would hold anything, alone. others: of all but the heads.
    """

    comments: int
    bars: Mapping[str, float | None]
    shares: Mapping[str, float]
    others: float
    together: float


def reckon(seen: Sequence[Seen], floors: Mapping[str, float], percent: float) -> Reckoning:
    """The lowest thresholds, none under `floors`, that hold at most `percent` of what was seen.

    If the others alone hold more, the heads hold nothing. seen: at least one.
    """
    held = sum(bool(one.held_by) for one in seen)
    # ten percent of 1,000 are 100, whatever binary fractions say
    room = floor(len(seen) * percent / 100 + 1e-9) - held
    free = [one.scores for one in seen if not one.held_by]
    bars = _bars(free, floors, room) if room >= 0 else None
    chosen: Mapping[str, float | None] = bars if bars is not None else dict.fromkeys(floors)
    return _summed(seen, chosen)


def _bars(
    free: Sequence[Mapping[str, float]], floors: Mapping[str, float], room: int
) -> dict[str, float] | None:
    """The lowest that hold at most `room` of `free`; None if even certainty holds more."""
    ways = sorted({way for scores in free if (way := _way(scores, floors)) is not None})
    # between two that occur nothing changes; above the last, up to certainty
    steps = [0.0, *((low + high) / 2 for low, high in pairwise([*ways, 1.0]))]

    def fits(step: float) -> bool:
        bars = _raised(floors, step)
        return sum(_holds(scores, bars) for scores in free) <= room

    first = bisect_left(steps, 1, key=lambda step: int(fits(step)))
    return _raised(floors, steps[first]) if first < len(steps) else None


def _way(scores: Mapping[str, float], floors: Mapping[str, float]) -> float | None:
    """How far the thresholds may rise until this is no longer held; None if it never is."""
    ways = [
        (scores[head] - least) / (1 - least) if least < 1 else 0.0
        for head, least in floors.items()
        if scores.get(head, -1.0) >= least
    ]
    return max(ways, default=None)


def _raised(floors: Mapping[str, float], way: float) -> dict[str, float]:
    return {head: least + way * (1 - least) for head, least in floors.items()}


def _holds(scores: Mapping[str, float], bars: Mapping[str, float | None]) -> bool:
    return any(bar is not None and scores.get(head, -1.0) >= bar for head, bar in bars.items())


def _summed(seen: Sequence[Seen], bars: Mapping[str, float | None]) -> Reckoning:
    """What these thresholds would have held."""
    alone: Counter[str] = Counter()
    together = others = 0
    for one in seen:
        alone.update(one.held_by)
        by_heads = [
            head
            for head, bar in bars.items()
            if bar is not None and one.scores.get(head, -1.0) >= bar
        ]
        alone.update(by_heads)
        others += bool(one.held_by)
        together += bool(one.held_by or by_heads)
    total = len(seen)
    return Reckoning(
        comments=total,
        bars=bars,
        shares={checker: count / total for checker, count in alone.items()},
        others=others / total,
        together=together / total,
    )
