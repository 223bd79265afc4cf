"""Logistic regression with families of words, by L-BFGS, in NumPy."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.screening.risk.rows import Floats, Table, summed

MEMORY = 10
Steepness = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True)
class Families:
    """Columns that share a weight beside their own: `columns[i]` is one of family `of[i]`."""

    n: int
    columns: NDArray[np.int32]
    of: NDArray[np.int32]

    def spread(self, shared: Floats, width: int) -> Floats:
        return summed(self.columns, shared[self.of], width)

    def gathered(self, slope: Floats) -> Floats:
        return summed(self.of, slope[self.columns], self.n)


def dot(one: Floats, other: Floats) -> float:
    """As `@`, but with the same last digit every time, wherever the numbers lie in memory."""
    return float((one * other).sum())


def fit(
    table: Table,
    labels: Floats,
    weights: Floats,
    families: Families,
    *,
    strictness: float,
    trust: float,
    steps: int = 60,
) -> tuple[Floats, float]:
    """A weight for each column, and the constant.

    labels: 0 to 1. strictness: of the pull to nothing. trust: how much more freely a family may
    weigh than a single column.
    """
    width = table.width

    def cost(point: Floats) -> tuple[float, Floats]:
        own, shared, constant = point[:width], point[width:-1], point[-1]
        column = own + families.spread(shared, width)
        score = table.dot(column) + constant
        loss = dot(weights, np.logaddexp(0, score) - labels * score)
        slope = weights * (1 / (1 + np.exp(-score)) - labels)
        back = table.back(slope)
        pull = strictness * np.concatenate([own, shared / trust])
        penalty = 0.5 * dot(point[:-1], pull)
        sides = np.concatenate([back, families.gathered(back)]) + pull
        return loss + penalty, np.append(sides, slope.sum())

    found = minimum(cost, np.zeros(width + families.n + 1), steps=steps)
    return found[:width] + families.spread(found[width:-1], width), float(found[-1])


def minimum(cost: Steepness, start: Floats, *, steps: int) -> Floats:
    """Where a smooth, convex cost is least. Source: Nocedal and Wright, Algorithm 7.5."""
    point = start
    value, slope = cost(point)
    past: deque[tuple[Floats, Floats]] = deque(maxlen=MEMORY)
    for step in range(steps):
        way = -_curved(slope, past)
        if dot(way, slope) >= 0:  # past steps mislead: the steepest way down never does
            past.clear()
            way = -slope
        size = 1.0 if step else min(1.0, 1 / float(np.abs(slope).sum() + 1e-12))
        downhill = dot(way, slope)
        while True:
            there = point + size * way
            value_there, slope_there = cost(there)
            if value_there <= value + 1e-4 * size * downhill:
                break
            size /= 2
            if size < 1e-12:
                return point
        gone, turned = there - point, slope_there - slope
        if dot(gone, turned) > 1e-10:
            past.append((gone, turned))
        done = value - value_there <= 1e-7 * max(1.0, abs(value))
        point, value, slope = there, value_there, slope_there
        if done:
            break
    return point


def _curved(slope: Floats, past: deque[tuple[Floats, Floats]]) -> Floats:
    """The slope, seen through the curve of the past steps (two loops of L-BFGS)."""
    way = slope.copy()
    shares = []
    for gone, turned in reversed(past):
        share = dot(gone, way) / dot(gone, turned)
        shares.append(share)
        way -= share * turned
    if past:
        gone, turned = past[-1]
        way *= dot(gone, turned) / dot(turned, turned)
    for (gone, turned), share in zip(past, reversed(shares), strict=True):
        way += (share - dot(turned, way) / dot(gone, turned)) * gone
    return way
