"""The model card: what is written about the model, with the numbers of the model that ships."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from moderation.screening.risk.figures import Figure
from moderation.screening.risk.model import FILE, SHIPPED_BARS
from moderation.screening.risk.sources import SOURCES
from moderation.screening.risk.weights import HEADS, Weights

FIGURES = "figures.json"


def text(weights: Weights) -> str:
    """The card, in Markdown."""
    blob = _packaged(FILE)
    kept = json.loads(_packaged(FIGURES))
    return (
        _packaged("card.md")
        .decode()
        .replace("{features}", f"{len(weights.hashes):,}")
        .replace("{bytes}", f"{len(blob):,}")
        .replace("{version}", weights.version)
        .replace("{sources}", "\n".join(f"- `{s.file}`: {s.credit}" for s in SOURCES))
        .replace("{bars}", "\n".join(_bars()))
        .replace("{figures}", "\n".join(_table(kept["figures"])))
    )


def keep(figures: Iterable[Figure], folder: Path) -> None:
    """Write down what was measured, and of which model, for the card."""
    model = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    kept = {"model": model, "figures": [asdict(figure) for figure in figures]}
    path = folder / FIGURES
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


def are_of_shipped() -> bool:
    """Whether the figures were measured on the model that ships."""
    measured: str = json.loads(_packaged(FIGURES))["model"]
    return measured == hashlib.sha256(_packaged(FILE)).hexdigest()


def _packaged(name: str) -> bytes:
    return resources.files(__package__).joinpath(name).read_bytes()


def _bars() -> Iterator[str]:
    yield "| head | reports from | asks for a first look from |"
    yield "|---|---|---|"
    for head in HEADS:
        yield "| " + " | ".join([head, *map(_bar, SHIPPED_BARS[f"risk:{head}"])]) + " |"


def _bar(bar: float | None) -> str:
    return "never" if bar is None else f"{bar:.1%}"


def _table(figures: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "| what | value | 95 % interval | texts | share of harm | set | goal |"
    yield "|---|---:|---|---:|---:|---|---|"
    for plain in figures:
        one = Figure(**plain)
        yield (
            f"| {one.what} | {one.value:.3f} | {one.low:.3f}–{one.high:.3f} | {one.n:,} "
            f"| {one.base:.1%} | {one.where} | {one.goal} |"
        )
