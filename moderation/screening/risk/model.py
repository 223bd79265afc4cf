"""The risk model at work: a text in, a probability and its reasons out. NumPy and one file."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.screening.normal import Normal
from moderation.screening.risk import features, rows, spelling
from moderation.screening.risk.features import Places, Tokens
from moderation.screening.risk.remembered import Remembered
from moderation.screening.risk.rows import Floats
from moderation.screening.risk.weights import HEADS, Weights
from moderation.screening.verdict import Span

FILE = "shipped.npz"

# checker → the least probability that reports, and that holds
SHIPPED_BARS: Mapping[str, tuple[float | None, float | None]] = {
    "risk:attack": (0.2, 0.85),
    "risk:hate": (0.2, 0.7),
    "risk:spam": (0.5, 0.9),
    "risk:personal_data": (0.5, None),
}
DRIVERS = 3
LEAST = 0.3  # of what the strongest word brings
NEAR = 0.8  # of the bar: nothing is said about what is less likely


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


@dataclass(frozen=True, slots=True)
class Read:
    """A text as a model reads it. sentences: of each token, counted from 0. parts: what each token
    brings to the score of its sentence, heads by tokens.
    """

    tokens: Tokens
    sentences: Places
    parts: Floats


NOTHING = Read(features.tokens(""), np.zeros(0, np.intp), np.zeros((len(HEADS), 0)))


class Model:
    """Weights, ready to be asked. Safe for threads."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._remembered = Remembered(weights)
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
        read = self._read(normal.text)
        pooled = self._pooled(read)
        logits = self._weights.slopes * pooled + self._weights.shifts
        return {
            head: self._reasoned(head, logits[number], read.parts[number], read, normal)
            for number, head in enumerate(HEADS)
        }

    def scores(self, text: str) -> Floats:
        """What each head says of a normalised text before it is calibrated."""
        return self._pooled(self._read(text))

    def _read(self, text: str) -> "Read":
        spots = spelling.spots(text)
        if not spots:
            return NOTHING
        words = [text[start:end] for start, end in spots]
        known = self._remembered
        rows_of = known.rows(words)
        if rows_of is None:
            known = self._remembered = Remembered(self._weights)
            rows_of = known.rows(words)
        assert rows_of is not None  # noqa: S101  # there is room for any one comment
        tokens = known.tokens(rows_of, spots)
        sentences = rows.sentences_of(tokens)
        parts = self._of_words(tokens, sentences) + self._of_letters(known, rows_of, sentences)
        return Read(tokens, sentences, parts * self._weights.scales[:, None])

    def _of_words(self, tokens: Tokens, sentences: Places) -> Floats:
        """What each token brings as a word and beside others: heads by tokens, in steps."""
        n = len(tokens)
        hashes, of = features.word_grams(tokens)
        known, at = self._weights.looked_up(hashes)
        steps = self._weights.steps[at].T.astype(np.float64)
        brought = np.stack([np.bincount(of[known], head, n) for head in steps])
        return brought * _shares(np.bincount(sentences[of]))[sentences]

    @staticmethod
    def _of_letters(known: Remembered, rows_of: Places, sentences: Places) -> Floats:
        """What each token brings by its letters."""
        brought, groups = known.letters(rows_of)
        return rows.LETTERS * brought * _shares(np.bincount(sentences, groups))[sentences]

    def _pooled(self, read: "Read") -> Floats:
        """The worst sentence counts as much as all of them together."""
        if not len(read.tokens):
            return self._weights.constants
        starts = np.concatenate(([0], np.flatnonzero(np.diff(read.sentences)) + 1))
        return pooled(
            np.add.reduceat(read.parts, starts, axis=1) + self._weights.constants[:, None]
        )

    def _reasoned(
        self, head: str, logit: float, tokens: Floats, read: Read, normal: Normal
    ) -> Score:
        probability = 1 / (1 + math.exp(min(-float(logit), 700.0)))
        if probability < worth_saying(head):
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


def worth_saying(head: str) -> float:
    """The least probability that has reasons: weak ones mark words that mean nothing."""
    report_at = SHIPPED_BARS[f"risk:{head}"][0]
    return NEAR * report_at if report_at is not None else 1.0


def _shares(counts: NDArray[Any]) -> Floats:
    """How much one of so many in a sentence counts: a long one says no more than a short one."""
    found: Floats = 1 / np.sqrt(np.maximum(counts, 1))
    return found


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
