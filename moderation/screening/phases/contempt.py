"""Contempt: the article's own list of what may not be said while a court sits."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import re2

from moderation.screening.normal import SIGNS, Normal, normalised
from moderation.screening.phases.patterns import Pattern, compiled, encodable
from moderation.screening.phases.wording import joined_by_and
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding, Span

DEFAULT_BARS: Mapping[str, tuple[float | None, float | None]] = {"contempt": (1.0, 1.0)}

MOST = 20  # places marked
NAMED = 3  # terms named in the sentence


def find(subject: Subject) -> Iterator[Finding]:
    """The terms as whole words or phrases of the normalised text, whatever stands between words."""
    if subject.article is None or not subject.article.contempt_terms:
        return
    pattern = _pattern(tuple(subject.article.contempt_terms))
    if pattern is None:
        return
    found = dict(_places(pattern, subject))
    if not found:
        return
    terms = list(dict.fromkeys(found.values()))
    named = [f"“{term}”" for term in terms[:NAMED]]
    if len(terms) > NAMED:
        named.append(f"{len(terms) - NAMED} more")
    yield Finding(
        checker="contempt",
        score=1.0,
        clause="contempt",
        spans=list(found),
        why=[f"Not to be said under this article: {joined_by_and(named)}."],
    )


def _places(pattern: Pattern, subject: Subject) -> Iterator[tuple[Span, str]]:
    yield from _in(pattern, subject.normal)
    if SIGNS in subject.normal.repairs:
        yield from _in(pattern, subject.normal.otherwise())


def _in(pattern: Pattern, normal: Normal) -> Iterator[tuple[Span, str]]:
    text = encodable(normal.text)
    place = 0
    for _ in range(MOST):
        match = pattern.search(text, place)
        if match is None:
            return
        start, end = match.span(1)
        yield normal.span(start, end), " ".join(text[start:end].split())
        place = end  # the sign after a term may be the one before the next


@lru_cache(256)
def _pattern(terms: tuple[str, ...]) -> Pattern | None:
    """Each term between signs that are no letters; one ending in * goes on to the word's end."""
    wanted = sorted({term for term in map(_term, terms) if term}, key=len, reverse=True)
    if not wanted:
        return None
    return compiled(rf"(?:^|[^\pL\pN])({'|'.join(wanted)})(?:[^\pL\pN]|$)")


def _term(typed: str) -> str:
    words = normalised(typed.rstrip("*")).text.replace("-", " ").split()
    ending = r"[\pL\pN]*" if typed.rstrip().endswith("*") else ""
    return r"[\s\pZ-]+".join(re2.escape(word) for word in words) + ending if words else ""
