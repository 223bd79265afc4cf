"""The risk model at work: a text in, a probability and its reasons out. NumPy and one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np

from moderation.screening.normal import Normal
from moderation.screening.risk import rows
from moderation.screening.risk.rows import Floats, Read
from moderation.screening.risk.weights import HEADS, Weights
from moderation.screening.verdict import Span

FILE = "shipped.npz"

# checker → the least probability that reports, and that holds
SHIPPED_BARS: Mapping[str, tuple[float | None, float | None]] = {
    "risk:attack": (0.25, 0.85),
    "risk:hate": (0.3, 0.7),
    "risk:spam": (0.5, 0.9),
    "risk:personal_data": (0.5, None),
}
DRIVERS = 3
BLANKS = 2  # signs between two words that count as one stretch


@dataclass(frozen=True, slots=True)
class Score:
    """probability: calibrated, 0 to 1. words: the one to three that drove it, strongest first,
    and where they stand in the text as it was typed. only_group: what drove it most is the name
    of a group.
    """

    probability: float
    words: Sequence[str] = ()
    spans: Sequence[Span] = ()
    only_group: bool = False


class Model:
    """Weights, ready to be asked. Holds no state: safe for threads."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.version = weights.version

    @property
    def weights(self) -> Weights:
        """What it is made of."""
        return self._weights

    @classmethod
    def shipped(cls) -> "Model":
        """What comes with the package; read once a process."""
        return _shipped()

    def score(self, normal: Normal) -> dict[str, Score]:
        """Of every head."""
        read = rows.read(normal.text)
        parts = self._parts(read)
        logits = self.logits(read, parts)
        return {
            head: self._reasoned(head, logits[number], parts[number].sum(axis=0), read, normal)
            for number, head in enumerate(HEADS)
        }

    def scores(self, read: Read) -> Floats:
        """What each head says before it is calibrated."""
        return self._pooled(read, self._parts(read))

    def logits(self, read: Read, parts: Floats) -> Floats:
        """Calibrated, on the scale of the logistic function."""
        return self._weights.slopes * self._pooled(read, parts) + self._weights.shifts

    def _parts(self, read: Read) -> Floats:
        """What each token brings before its sentence's share: head by (words, letters) by token."""
        n = len(read.tokens)
        known, at = self._weights.looked_up(read.grams.hashes)
        # words and letters apart, as they count differently
        places = read.grams.tokens[known] + np.where(known < read.grams.words, 0, n)
        steps = self._weights.steps[at].T.astype(np.float64)
        sums = [np.bincount(places, head, 2 * n) for head in steps]
        return np.stack(sums).reshape(len(HEADS), 2, n) * self._weights.scales[:, None, None]

    def _pooled(self, read: Read, parts: Floats) -> Floats:
        """The worst sentence counts as much as all of them together."""
        if not len(read.tokens):
            return self._weights.constants
        n = len(read.tokens)
        starts = np.concatenate(([0], np.flatnonzero(np.diff(read.sentences)) + 1))
        words = np.bincount(read.grams.tokens[: read.grams.words], minlength=n)
        letters = np.bincount(read.grams.tokens[read.grams.words :], minlength=n)
        of_words = np.add.reduceat(words, starts).clip(1)
        of_letters = np.add.reduceat(letters, starts).clip(1)
        sums = np.add.reduceat(parts, starts, axis=2)
        scores = sums[:, 0] / np.sqrt(of_words) + rows.LETTERS * sums[:, 1] / np.sqrt(of_letters)
        return pooled(scores + self._weights.constants[:, None])

    def _reasoned(
        self, head: str, logit: float, tokens: Floats, read: Read, normal: Normal
    ) -> Score:
        probability = float(1 / (1 + np.exp(-logit)))
        if head == "spam" or not len(tokens):
            named = np.zeros(len(tokens), np.bool_)
        else:
            named = read.tokens.is_group
        best = [int(i) for i in np.argsort(-tokens)[:DRIVERS] if tokens[i] > 0]
        if not best:
            return Score(probability)
        best = [i for i in best if tokens[i] > 0.3 * tokens[best[0]]]
        only_group = bool(named[best[0]])
        return Score(
            probability,
            [self._word(read, i, normal.text) for i in best],
            _stretches(read, sorted(best), normal),
            only_group,
        )

    @staticmethod
    def _word(read: Read, token: int, text: str) -> str:
        return text[read.tokens.starts[token] : read.tokens.ends[token]]


def pooled(scores: Floats) -> Floats:
    """Of the sentences in the last axis: half the worst, half the mean of their odds."""
    worst: Floats = scores.max(axis=-1)
    mean: Floats = np.log(np.mean(np.exp(scores - worst[..., None]), axis=-1)) + worst
    both: Floats = 0.5 * (worst + mean)
    return both


def _stretches(read: Read, tokens: list[int], normal: Normal) -> list[Span]:
    """Where they stand; neighbours as one."""
    starts, ends = read.tokens.starts, read.tokens.ends
    edges = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(tokens)) if b != a + 1), len(tokens)]
    return [
        normal.span(int(starts[tokens[first]]), int(ends[tokens[last - 1]]))
        for first, last in pairwise(edges)
    ]


def names_group(read: Read) -> bool:
    """Whether it plainly names a group of people."""
    return bool(read.tokens.is_group.any())


@cache
def _shipped() -> Model:
    return Model(Weights.read(resources.files(__package__).joinpath(FILE).read_bytes()))
