"""The one table: figures as ratios of interleaved rounds, printed and kept as CSV."""

import csv
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from moderation import clock
from tests.bench.stopwatch import percentile

COLUMNS = ("figure", "ours", "unit", "against", "theirs", "ratio", "low", "high", "rounds", "goal",
           "is_met")  # fmt: skip
PACKAGES = ("flask", "granian", "sqlalchemy")

Measures = Mapping[str, Callable[[], float]]


@dataclass(frozen=True)
class Figure:
    """One row. ours, theirs: a value for each round, in `unit`; the ratio is of the same round's.

    goal: of the ratio ours / theirs; `at_least` it, or at most. None: nothing was promised.
    """

    name: str
    unit: str
    ours: Sequence[float]
    against: str
    theirs: Sequence[float]
    goal: float | None = None
    at_least: bool = True

    @property
    def ratios(self) -> list[float]:
        return [mine / other for mine, other in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """Between these lies the middle half of the rounds."""
        return percentile(self.ratios, 0.25), percentile(self.ratios, 0.75)

    @property
    def wanted(self) -> str:
        if self.goal is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.goal:g}"

    @property
    def is_met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


def interleaved(rounds: int, measures: Measures, told: str) -> dict[str, list[float]]:
    """Each measure once a round, so that a noisy neighbour hits all. told: what is going on."""
    took: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds):
        if sys.stderr.isatty():
            print(f"\r{told}: round {number + 1} of {rounds} ", end="", file=sys.stderr)
        for name, measure in measures.items():
            took[name].append(measure())
    if sys.stderr.isatty():
        print("\r" + " " * (len(told) + 24), end="\r", file=sys.stderr)
    return took


def machine(sender: str) -> dict[str, str]:
    """What the figures depend on. sender: what made the load."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    return {
        "date": f"{clock.now():%Y-%m-%d}",
        "processors": f"{os.cpu_count()}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "with": versions,
        "load by": sender,
    }


def show(figures: Iterable[Figure], facts: Mapping[str, str]) -> None:
    """Print the table."""
    print("\n" + "   ".join(f"{name}: {value}" for name, value in facts.items()) + "\n")
    print(f"{'':58}{'ours':>10} {'':7}{'theirs':>10}   ratio  (middle half)     goal")
    for figure in figures:
        low, high = figure.spread
        mark = {None: " ", True: "✓", False: "✗"}[figure.is_met]
        print(
            f"{figure.name:58.58}{_short(figure.ours):>10} {figure.unit:7}"
            f"{_short(figure.theirs):>10}{figure.ratio:8.2f}  "
            f"({low:.2f} to {high:.2f}){'':3}{figure.wanted:>8} {mark}  against {figure.against}"
        )


def save(figures: Iterable[Figure], facts: Mapping[str, str], file: Path) -> None:
    """The same as CSV: the machine's facts first, as rows with a name and a value."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        lines = csv.writer(opened, lineterminator="\n")
        lines.writerows(facts.items())
        lines.writerow(COLUMNS)
        for figure in figures:
            lines.writerow(
                [
                    figure.name,
                    f"{statistics.median(figure.ours):.6g}",
                    figure.unit,
                    figure.against,
                    f"{statistics.median(figure.theirs):.6g}",
                    *(f"{value:.3f}" for value in (figure.ratio, *figure.spread)),
                    len(figure.ours),
                    figure.wanted,
                    {None: "", True: "yes", False: "no"}[figure.is_met],
                ]
            )


def _short(values: Sequence[float]) -> str:
    middle = statistics.median(values)
    return f"{middle:,.0f}" if middle >= 100 else f"{middle:,.2f}"
