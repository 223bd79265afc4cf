"""What a set of scores is worth, each with the interval that chance leaves (95 %)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.screening.budget.interval import wilson
from moderation.screening.risk.rows import Floats

DRAWS = 400


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of an evaluation. base: share of harm in the set. goal: as a sentence, if any."""

    what: str
    where: str
    n: int
    base: float
    value: float
    low: float
    high: float
    goal: str = ""

    def __str__(self) -> str:
        goal = f"  (goal {self.goal})" if self.goal else ""
        return (
            f"{self.what:<44} {self.value:6.3f} [{self.low:.3f}–{self.high:.3f}]"
            f"  n={self.n:,}, base {self.base:.1%}: {self.where}{goal}"
        )


def auc(scores: Floats, harm: Floats, weights: Floats | None = None) -> float:
    """The chance that a harmful text scores above a harmless one; ties count half."""
    weights = np.ones(len(scores)) if weights is None else weights
    _, place = np.unique(scores, return_inverse=True)
    bad = np.bincount(place, weights * harm)
    good = np.bincount(place, weights * (1 - harm))
    below = np.cumsum(good) - good
    total = bad.sum() * good.sum()
    return float((bad * (below + good / 2)).sum() / total) if total else math.nan


def precision_on_top(share: float, base: float) -> Callable[[Floats, Floats], float]:
    """Of so large a share of the texts with the highest scores, how many are harmful, if harm were
    as common as `base`.
    """

    def measured(scores: Floats, harm: Floats) -> float:
        order = np.argsort(-scores, kind="stable")
        bad = harm[order] * (base / max(harm.sum(), 1))
        good = (1 - harm[order]) * ((1 - base) / max((1 - harm).sum(), 1))
        top = int(np.searchsorted(np.cumsum(bad + good), share)) + 1
        return float(bad[:top].sum() / (bad[:top].sum() + good[:top].sum()))

    return measured


def bootstrapped(
    measure: Callable[[Floats, Floats], float], scores: Floats, harm: Floats
) -> tuple[float, float, float]:
    """Value, low, high. Source: Efron's percentile interval."""
    chance = np.random.default_rng(0)
    drawn = []
    for _ in range(DRAWS):
        chosen: NDArray[np.intp] = chance.integers(0, len(scores), len(scores))
        drawn.append(measure(scores[chosen], harm[chosen]))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return measure(scores, harm), float(low), float(high)


def share(hits: NDArray[np.bool_]) -> tuple[float, float, float]:
    """A share with Wilson's interval, which holds for none and all as well."""
    return float(hits.mean()) if len(hits) else 0.0, *wilson(int(hits.sum()), len(hits))
