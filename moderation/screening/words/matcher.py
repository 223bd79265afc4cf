"""Find the entries of all lists in a text, in one pass over it however many there are.

An Aho-Corasick automaton finds the letters; what stands beside them decides whether a word was
meant.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from moderation.screening.normal import SIGNS, STRETCHED, Normal
from moderation.screening.verdict import Span
from moderation.screening.words.entry import LONGEST, Entry, Kind

MOST = 50  # matches told about; a text has been understood by then
WINDOW = 500  # code points
KINDS = tuple(Kind)
LOOKED_AT = 2000  # candidates looked at: lists whose entries lie in one another end here


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, and where it stands in the text as it was typed."""

    entry: str
    clause: str
    span: Span


class Matcher:
    """The entries of one site's lists."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        # a byte or two an entry; what it says stands in the text where it is found
        self._kinds = bytearray()
        self._clauses = array("H")
        self._codes: dict[str, int] = {}
        self._automaton = AhoCorasick(
            self._texts(entries),
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )
        self._named = list(self._codes)

    def __len__(self) -> int:
        return len(self._kinds)

    def _texts(self, entries: Iterable[Entry]) -> Iterator[str]:
        for entry in entries:
            self._kinds.append(KINDS.index(entry.kind))
            self._clauses.append(self._codes.setdefault(entry.clause, len(self._codes)))
            yield entry.text

    def find(self, normal: Normal) -> list[Match]:
        """What is there, in the order in which it was typed; of the same place the longest."""
        found = list(self._in(normal))
        if STRETCHED in normal.repairs:
            found += self._in(normal.squeezed())
        if SIGNS in normal.repairs:
            found += self._in(normal.otherwise())
        longest: list[Match] = []
        for match in sorted(found, key=lambda m: (m.span.start, -m.span.end)):
            if not any(_covers(other, match) for other in longest[-3:]):
                longest.append(match)
        return longest[:MOST]

    def _in(self, normal: Normal) -> Iterator[Match]:
        for number, start, end in islice(self._candidates(normal.text), LOOKED_AT):
            if _is_meant(KINDS[self._kinds[number]], normal.text, start, end):
                clause = self._named[self._clauses[number]]
                yield Match(normal.text[start:end], clause, normal.span(start, end))

    def _candidates(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Window by window, so that no text full of matches is gone through to its end."""
        for first in range(0, max(1, len(text)), WINDOW):
            window = text[first : first + WINDOW + LONGEST]
            for number, start, end in self._automaton.find_matches_as_indexes(
                window, overlapping=True
            ):
                if start < WINDOW:
                    yield number, first + start, first + end


def _is_meant(kind: Kind, text: str, start: int, end: int) -> bool:
    if kind is Kind.PART:
        return True
    if kind is Kind.EXACT:
        return not any(sign.isalnum() for sign in text[:start] + text[end:])
    begins = start == 0 or not _joins(text[start - 1], text[start])
    if kind is Kind.STEM:
        return begins
    return begins and (end == len(text) or not _joins(text[end - 1], text[end]))


def _joins(left: str, right: str) -> bool:
    """Whether the two signs belong to one word."""
    return (left.isalnum() or left == "_") and (right.isalnum() or right == "_")


def _covers(longer: Match, match: Match) -> bool:
    return (
        longer.clause == match.clause
        and longer.span.start <= match.span.start
        and match.span.end <= longer.span.end
    )
