"""Scores that are probabilities: of a page of comments with a stated share of harm."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from moderation.screening.normal import normalised
from moderation.screening.risk import marking, rows
from moderation.screening.risk.fitting import minimum
from moderation.screening.risk.model import Model
from moderation.screening.risk.rows import Floats
from moderation.screening.risk.sources import OWN, Example
from moderation.screening.risk.weights import HEADS, Weights
from moderation.screening.verdict import Span

# of the comments of the page that the probabilities are for: harm, and what some raters call so
BASE = {"attack": 0.1, "hate": 0.05, "spam": 0.1}
DISPUTED = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """n texts with what a head says of each. labels: 0 to 1; 1 is harm. source: of each."""

    scores: Floats
    labels: Floats
    sources: Sequence[str]

    def clear(self) -> "Measured":
        """Without what some called harm, and most did not."""
        kept = (self.labels > 0.5) | (self.labels == 0)
        sources = [source for source, keep in zip(self.sources, kept, strict=True) if keep]
        return Measured(self.scores[kept], (self.labels[kept] > 0.5).astype(np.float64), sources)

    def at_base(self, base: float) -> tuple[Floats, Floats]:
        """How much each counts as harm and as none, so that harm is as common as stated."""
        n = len(self.labels)
        is_harm = (self.labels > 0.5).astype(np.float64)
        is_none = (self.labels == 0).astype(np.float64)
        disputed = 1 - is_harm - is_none
        some = DISPUTED if disputed.any() else 0.0
        rest = is_none * ((1 - base - some) * n / is_none.sum())
        rest += disputed * (some * n / max(disputed.sum(), 1.0))
        return is_harm * (base * n / is_harm.sum()), rest


def measured(weights: Weights, head: str, examples: Iterable[Example]) -> Measured:
    """What the head says of each text that has its label, before calibration.

    Marked comments are cut into runs of one to five sentences, so that some are harmless.
    """
    model = Model(weights)
    number = HEADS.index(head)
    scores, labels, sources = [], [], []
    for text, label, source in labelled(head, examples):
        scores.append(model.scores(normalised(text).text)[number])
        labels.append(label)
        sources.append(source)
    return Measured(np.array(scores), np.array(labels), sources)


def labelled(head: str, examples: Iterable[Example]) -> Iterable[tuple[str, float, str]]:
    """Text, label and source of what is known for a head."""
    for example in examples:
        if example.marks:
            yield from _runs(head, example)
            continue
        label: float | None = getattr(example, head)
        if head == "attack" and example.measured is not None:
            label = example.measured
        if label is not None and example.source != OWN:
            yield example.text, label, example.source


def _runs(head: str, example: Example) -> Iterable[tuple[str, float, str]]:
    normal = normalised(example.text)
    where = marking.stretches(normal, rows.read(normal.text))
    for first, last in marking.runs(len(where)):
        stretch = Span(where[first].start, where[last - 1].end)
        label = marking.shares(example, stretch)[head]
        yield example.text[stretch.start : stretch.end], label, example.source


# what a head's probabilities are made with: what is most like a newspaper's comments
WITH = {
    "attack": {"civil"},
    "hate": {"civil", "emoji", "toxigen", "tweets", "madlibs"},
    "spam": {"civil", "youtube"},
}


def calibrated(weights: Weights, examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Slope and shift of each head (Platt 1999), on texts the weights have not seen."""
    slopes, shifts = [], []
    for head in HEADS:
        found = measured(weights, head, [e for e in examples if e.source in WITH[head]])
        slope, shift = _platt(found.scores, *found.at_base(BASE[head]))
        slopes.append(slope)
        shifts.append(shift)
    return np.array(slopes), np.array(shifts)


def _platt(scores: Floats, harm: Floats, rest: Floats) -> tuple[float, float]:
    weights = harm + rest

    def cost(point: Floats) -> tuple[float, Floats]:
        at = point[0] * scores + point[1]
        slope = weights * (1 / (1 + np.exp(-at))) - harm
        loss = weights @ np.logaddexp(0, at) - harm @ at
        return float(loss), np.array([slope @ scores, slope.sum()])

    found = minimum(cost, np.array([1.0, 0.0]), steps=100)
    return float(found[0]), float(found[1])
