"""What single words bring to a model's heads, worked out once for each: most words come again."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moderation.screening.risk import features, spelling
from moderation.screening.risk.features import Hashes, Places
from moderation.screening.risk.rows import Floats, summed
from moderation.screening.risk.weights import Weights

MOST = 16_000  # words; then it begins anew. Under 4 MB
FEW = 6  # words that are sooner read one by one


class Remembered:
    """Rows by number, one a word. Rows are written before their number is known to anybody."""

    def __init__(self, weights: Weights) -> None:
        heads, self._room = len(weights.scales), MOST
        self._weights = weights
        self._rows: dict[str, int] = {}
        self._writing = threading.Lock()
        self._hashes: Hashes = np.zeros(MOST, np.uint64)
        self._is: NDArray[np.bool_] = np.zeros((3, MOST), np.bool_)
        self._groups: Floats = np.zeros(MOST)
        self._letters: Floats = np.zeros((heads, MOST))

    def rows(self, words: Sequence[str]) -> Places | None:
        """The row of each; None if there is no room for all of them any more."""
        rows = self._rows
        try:
            return np.array([rows[word] for word in words], np.intp)
        except KeyError:
            with self._writing:
                fresh = [word for word in dict.fromkeys(words) if word not in rows]
                if len(rows) + len(fresh) > self._room:
                    return None
                self._add(fresh)
            return np.array([rows[word] for word in words], np.intp)

    def tokens(self, rows: Places, spots: Sequence[tuple[int, int]]) -> features.Tokens:
        """The words as the model reads them. spots: where each stands."""
        starts, ends = np.array(spots, np.intp).T
        is_mark, is_group, is_you = self._is[:, rows]
        return features.Tokens(
            features.NO_CODES, starts, ends, self._hashes[rows], is_mark, is_group, is_you
        )

    def letters(self, rows: Places) -> tuple[Floats, Floats]:
        """Of each word: steps for every head (heads by words), and how many groups of letters."""
        return self._letters[:, rows], self._groups[rows]

    def _add(self, words: Sequence[str]) -> None:
        if len(words) > FEW:
            self._add_many(words)
            return
        for word in words:
            self._add_one(word)

    def _add_one(self, word: str) -> None:
        row, found = len(self._rows), spelling.read(word)
        self._hashes[row] = found.hash
        self._is[:, row] = found.is_mark, found.is_group, found.is_you
        self._groups[row] = len(found.letters)
        _, at = self._weights.looked_up(np.array(found.letters, np.uint64))
        self._letters[:, row] = self._weights.steps[at].sum(axis=0)
        self._rows[word] = row

    def _add_many(self, words: Sequence[str]) -> None:
        """All at once, as a text of their own."""
        found = features.tokens(" ".join(words))
        here = slice(len(self._rows), len(self._rows) + len(words))
        self._hashes[here] = found.hashes
        self._is[:, here] = found.is_mark, found.is_group, found.is_you
        hashes, of = features.letters(found)
        known, at = self._weights.looked_up(hashes)
        self._groups[here] = np.bincount(of, minlength=len(words))
        for head, steps in enumerate(self._weights.steps[at].T):
            self._letters[head, here] = summed(of[known], steps.astype(np.float64), len(words))
        self._rows.update(zip(words, range(here.start, here.stop), strict=True))
