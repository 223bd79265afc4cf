"""Word lists: one finding for each clause whose words are there."""

from collections.abc import Iterator

from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding
from moderation.screening.words.matcher import Match, Matcher

NAMED = 3  # words named in the sentence; all of them are marked


def find(subject: Subject, matcher: Matcher) -> Iterator[Finding]:
    """The words found, by clause."""
    by_clause: dict[str, list[Match]] = {}
    for match in matcher.find(subject.normal):
        by_clause.setdefault(match.clause, []).append(match)
    for clause, matches in by_clause.items():
        words = list(dict.fromkeys(match.entry for match in matches))
        named = ", ".join(f"“{word}”" for word in words[:NAMED])
        more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
        yield Finding(
            checker=f"words:{clause}",
            score=1.0,
            clause=clause,
            spans=[match.span for match in matches],
            why=[f"On a word list: {named}{more}."],
        )
