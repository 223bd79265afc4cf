"""Texts as rows of a sparse table, made and multiplied with NumPy alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.screening.normal import normalised
from moderation.screening.risk import features

Floats = NDArray[np.float64]

LETTERS = 0.5  # how much letter groups count beside words
SHORT = 4  # words; a shorter sentence belongs to the next one


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the model reads it. sentences: of each token, counted from 0."""

    tokens: features.Tokens
    grams: features.Grams
    sentences: features.Places


def read(text: str) -> Read:
    """Of a text that is normalised."""
    tokens = features.tokens(text)
    return Read(tokens, features.grams(tokens), sentences_of(tokens))


def sentences_of(tokens: features.Tokens) -> features.Places:
    """The number of the sentence that each token stands in."""
    ends: list[int] = []
    start = 0
    for mark in np.flatnonzero(tokens.is_mark).tolist():
        if mark - start >= SHORT:
            start = mark + 1
            ends.append(start)
    left = len(tokens) - start
    if ends and left < SHORT:
        ends.pop()
    numbers = np.zeros(len(tokens), np.intp)
    for end in ends:
        if end < len(tokens):
            numbers[end] = 1
    return np.cumsum(numbers)


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows of hashes. of: the row of each. is_word: of a word, not of letters."""

    n: int
    hashes: features.Hashes
    of: NDArray[np.int32]
    is_word: NDArray[np.bool_]

    def taken(self, chosen: NDArray[np.bool_]) -> "Rows":
        """Only those rows, numbered anew."""
        numbers = np.cumsum(chosen, dtype=np.int32) - 1
        kept = chosen[self.of]
        return Rows(
            int(chosen.sum()), self.hashes[kept], numbers[self.of[kept]], self.is_word[kept]
        )


def whole(texts: Iterable[str]) -> Rows:
    """One row for each text."""
    found = [read(normalised(text).text) for text in texts]
    return joined([(one.grams, np.zeros(len(one.tokens), np.intp), 1) for one in found])


def sentences(texts: Iterable[str]) -> tuple[Rows, NDArray[np.int32]]:
    """One row for each sentence of each text, and the text of each row. No text is without."""
    found = [read(normalised(text).text) for text in texts]
    counts = [int(one.sentences[-1]) + 1 if len(one.tokens) else 1 for one in found]
    rows = joined([(one.grams, one.sentences, n) for one, n in zip(found, counts, strict=True)])
    return rows, np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def joined(parts: Sequence[tuple[features.Grams, features.Places, int]]) -> Rows:
    """Grams, the row of each token within its text, and how many rows the text has."""
    hashes, rows, kinds, n = [], [], [], 0
    for grams, of_token, count in parts:
        hashes.append(grams.hashes)
        rows.append((of_token[grams.tokens] + n).astype(np.int32))
        kinds.append(np.arange(len(grams.hashes)) < grams.words)
        n += count
    if not parts:
        return Rows(0, np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.bool_))
    return Rows(n, np.concatenate(hashes), np.concatenate(rows), np.concatenate(kinds))


def summed(places: NDArray[Any], numbers: Floats, width: int) -> Floats:
    """What falls on each of so many places, added up."""
    return np.asarray(np.bincount(places, numbers, width), np.float64)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows over a vocabulary: `values[i]` stands in row `of[i]`, column `columns[i]`."""

    n: int
    width: int
    of: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float32]

    def dot(self, weights: Floats) -> Floats:
        """One number a row."""
        return summed(self.of, self.values * weights[self.columns], self.n)

    def back(self, numbers: Floats) -> Floats:
        """One number a column."""
        return summed(self.columns, self.values * numbers[self.of], self.width)


def table(rows: Rows, vocabulary: features.Hashes) -> Table:
    """Each row counts as one, however long: words by one over the root of their number."""
    words = np.bincount(rows.of[rows.is_word], minlength=rows.n)
    letters = np.bincount(rows.of[~rows.is_word], minlength=rows.n)
    scale = np.stack(
        [LETTERS / np.sqrt(np.maximum(letters, 1)), 1 / np.sqrt(np.maximum(words, 1))]
    ).astype(np.float32)
    at = np.searchsorted(vocabulary, rows.hashes).clip(max=len(vocabulary) - 1)
    known = vocabulary[at] == rows.hashes
    of = rows.of[known]
    values = scale[rows.is_word[known].astype(np.int8), of]
    return Table(rows.n, len(vocabulary), of, at[known].astype(np.int32), values)


def vocabulary(parts: Sequence[Rows], *, rows: int, places: int) -> features.Hashes:
    """Sorted hashes that stand in so many rows, and in so many of the parts."""
    counted = [np.unique(_once(part), return_counts=True) for part in parts]
    found, where = np.unique(np.concatenate([h for h, _ in counted]), return_inverse=True)
    times = np.bincount(where, np.concatenate([n for _, n in counted]))
    return found[(times >= rows) & (np.bincount(where) >= places)]


def _once(rows: Rows) -> features.Hashes:
    """Each hash once a row."""
    order = np.lexsort((rows.hashes, rows.of))
    hashes, of = rows.hashes[order], rows.of[order]
    if not len(hashes):
        return hashes
    is_new = np.concatenate(([True], (hashes[1:] != hashes[:-1]) | (of[1:] != of[:-1])))
    return hashes[is_new]
