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
    "risk:attack": (0.2, 0.85),
    "risk:hate": (0.2, 0.7),
    "risk:spam": (0.5, 0.9),
    "risk:threat": (0.15, None),
    "risk:personal_data": (0.5, None),
}
DRIVERS = 3
LEAST = 0.3  # of what the strongest word brings
WORTH_REASONS = 0.1  # nothing drove a lower probability


@dataclass(frozen=True, slots=True)
class Score:
    """probability: calibrated, 0 to 1. words: the one to three that drove it, strongest first,
    and where they stand in the text as it was typed; none for what is unlikely. only_group:
    nothing drove it but names of groups.
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
            head: self._reasoned(head, logits[number], parts[number], read, normal)
            for number, head in enumerate(HEADS)
        }

    def scores(self, read: Read) -> Floats:
        """What each head says before it is calibrated."""
        return self._pooled(read, self._parts(read))

    def logits(self, read: Read, parts: Floats) -> Floats:
        """Calibrated, on the scale of the logistic function."""
        return self._weights.slopes * self._pooled(read, parts) + self._weights.shifts

    def _parts(self, read: Read) -> Floats:
        """What each token brings to the score of its sentence: heads by tokens."""
        n = len(read.tokens)
        if not n:
            return np.zeros((len(HEADS), 0))
        known, at = self._weights.looked_up(read.grams.hashes)
        # words and letters apart, as they count differently
        places = read.grams.tokens[known] + np.where(known < read.grams.words, 0, n)
        steps = self._weights.steps[at].T.astype(np.float64)
        sums = [np.bincount(places, head, 2 * n) for head in steps]
        brought = np.stack(sums) * np.concatenate(_shares_of_each(read))
        parts: Floats = (brought[:, :n] + brought[:, n:]) * self._weights.scales[:, None]
        return parts

    def _pooled(self, read: Read, parts: Floats) -> Floats:
        """The worst sentence counts as much as all of them together."""
        if not len(read.tokens):
            return self._weights.constants
        starts = np.concatenate(([0], np.flatnonzero(np.diff(read.sentences)) + 1))
        return pooled(np.add.reduceat(parts, starts, axis=1) + self._weights.constants[:, None])

    def _reasoned(
        self, head: str, logit: float, tokens: Floats, read: Read, normal: Normal
    ) -> Score:
        probability = float(1 / (1 + np.exp(-logit)))
        if probability < WORTH_REASONS:
            return Score(probability)
        most = tokens.max(initial=0.0)
        best = [int(i) for i in np.argsort(-tokens)[:DRIVERS] if tokens[i] > max(0.0, LEAST * most)]
        return Score(
            probability,
            [self._word(read, i, normal.text) for i in best],
            _stretches(read, sorted(best), normal),
            only_group=bool(best) and head != "spam" and bool(read.tokens.is_group[best].all()),
        )

    @staticmethod
    def _word(read: Read, token: int, text: str) -> str:
        return text[read.tokens.starts[token] : read.tokens.ends[token]]


def _shares_of_each(read: Read) -> tuple[Floats, Floats]:
    """How much what is counted of each token counts, of words and of letters: one over the root
    of their number in the token's sentence.
    """
    of = read.sentences[read.grams.tokens]
    n = int(read.sentences[-1]) + 1
    words = 1 / np.sqrt(np.maximum(np.bincount(of[: read.grams.words], minlength=n), 1))
    letters = 1 / np.sqrt(np.maximum(np.bincount(of[read.grams.words :], minlength=n), 1))
    return words[read.sentences], rows.LETTERS * letters[read.sentences]


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


@cache
def _shipped() -> Model:
    return Model(Weights.read(resources.files(__package__).joinpath(FILE).read_bytes()))
