"""The normaliser: a copy of the text for matching and scoring, and the way back to the original."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.screening.verdict import Span


@dataclass(frozen=True, slots=True)
class Normal:
    """text: lower case, repaired. places: for each code point of `text` where it stood in the
    original. repairs: what had to be repaired, such as "hidden characters".
    """

    original: str
    text: str
    places: Sequence[int]
    repairs: frozenset[str] = frozenset()

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original behind `text[start:end]`."""
        if start >= end:
            return Span(0, 0)
        return Span(self.places[start], self.places[end - 1] + 1)


def normalised(original: str) -> Normal:
    """The text as it is meant to be read."""
    text = original.lower()
    if len(text) != len(original):
        text = "".join(c.lower()[:1] for c in original)
    return Normal(original, text, range(len(original)))
