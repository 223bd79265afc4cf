"""Whether a head that learned is better, on decisions that are newer than all it learned from.

What counts is the ROC-AUC: how often, of two comments, one restricted and one not, the restricted
one gets the higher score. It does not depend on how much is restricted, which is more on the desk
than on the page. The same draws of the same decisions are scored by both, and the interval of the
difference must lie above nothing. Its probabilities must hold as well as before (log-loss).
"""

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from moderation.screening.risk.correcting import Lesson, logits
from moderation.screening.risk.figures import DRAWS, auc
from moderation.screening.risk.rows import Floats
from moderation.screening.risk.weights import Weights


class Outcome(enum.Enum):
    BETTER = "better"
    NOT_BETTER = "not_better"
    LESS_SURE = "less_sure"  # it ranks better, but its probabilities hold less well
    TOO_FEW = "too_few"  # of the head's own restrictions, to learn from or to measure with


@dataclass(frozen=True, slots=True)
class Estimate:
    """With its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One head. taught, measured: decisions, and how many of them restricted.

    shipped, learned, in_use: ROC-AUC on the newer decisions. gain: of learned over shipped.
    in_use: None unless another learned model is in use.
    """

    outcome: Outcome
    taught: tuple[int, int]
    measured: tuple[int, int]
    shipped: Estimate | None = None
    learned: Estimate | None = None
    in_use: Estimate | None = None
    gain: Estimate | None = None

    def to_stored(self) -> dict[str, Any]:
        return {**asdict(self), "outcome": self.outcome.value}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Compared":
        def estimate(name: str) -> Estimate | None:
            return Estimate(**stored[name]) if stored[name] else None

        return cls(
            Outcome(stored["outcome"]),
            (stored["taught"][0], stored["taught"][1]),
            (stored["measured"][0], stored["measured"][1]),
            *(estimate(name) for name in ("shipped", "learned", "in_use", "gain")),
        )


def compared(
    head: int,
    newer: Lesson,
    *,
    taught: tuple[int, int],
    shipped: Weights,
    learned: Weights,
    in_use: Weights | None,
) -> Compared:
    """newer: decisions with both answers among them, none of which `learned` has seen."""
    before, after = logits(shipped, head, newer.texts), logits(learned, head, newer.texts)
    now = None if in_use is None else logits(in_use, head, newer.texts)
    drawn = _drawn(newer, [before, after, *([] if now is None else [now])])
    gain = _estimate(drawn[:, 1] - drawn[:, 0])
    return Compared(
        _outcome(gain, _loss(before, newer), _loss(after, newer)),
        taught,
        (newer.texts.n, int(newer.labels.sum())),
        shipped=_estimate(drawn[:, 0]),
        learned=_estimate(drawn[:, 1]),
        in_use=None if now is None else _estimate(drawn[:, 2]),
        gain=gain,
    )


def _outcome(gain: Estimate, loss_before: float, loss_after: float) -> Outcome:
    if not gain.low > 0:
        return Outcome.NOT_BETTER
    return Outcome.LESS_SURE if loss_after > loss_before else Outcome.BETTER


def _drawn(newer: Lesson, scores: list[Floats]) -> Floats:
    """ROC-AUC of each set of scores: first of all decisions, then of each draw."""
    chance = np.random.default_rng(0)
    found = [[auc(each, newer.labels, newer.counts) for each in scores]]
    for _ in range(DRAWS):
        chosen = chance.integers(0, newer.texts.n, newer.texts.n)
        labels, counts = newer.labels[chosen], newer.counts[chosen]
        found.append([auc(each[chosen], labels, counts) for each in scores])
    return np.array(found)


def _estimate(drawn: Floats) -> Estimate:
    low, high = np.nanquantile(drawn[1:], [0.025, 0.975])
    return Estimate(float(drawn[0]), float(low), float(high))


def _loss(at: Floats, newer: Lesson) -> float:
    return float(newer.counts @ (np.logaddexp(0, at) - newer.labels * at) / newer.counts.sum())
