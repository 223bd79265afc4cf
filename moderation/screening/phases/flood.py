"""Flood: many comments within ten minutes, from one account or from one network."""

from collections.abc import Iterator, Mapping

from moderation.screening.phases.wording import counted, sentence
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding

MANY = 5  # in ten minutes, with this one: a quick hand in a lively thread writes four
FULL = 20  # nobody thinks that fast; score 1
# schools, offices and mobile networks have one address for many people
MANY_FROM_NETWORK = 30
FULL_FROM_NETWORK = 120

DEFAULT_BARS: Mapping[str, tuple[float | None, float | None]] = {
    "flood": (0.5, 1.0),
    "flood:network": (0.5, None),
}


def find(subject: Subject) -> Iterator[Finding]:
    """This comment counted with the earlier ones."""
    author = subject.author
    if author is None:
        return
    if (count := author.in_ten_minutes + 1) >= MANY:
        yield _said("flood", count, FULL, "from this account")
    # what the account alone wrote is not said twice
    others = author.network_in_ten_minutes - author.in_ten_minutes
    if others > 0 and (count := author.network_in_ten_minutes + 1) >= MANY_FROM_NETWORK:
        yield _said("flood:network", count, FULL_FROM_NETWORK, "from the author’s network")


def _said(checker: str, count: int, full: int, whence: str) -> Finding:
    said = f"{counted(count, 'comment')} in ten minutes {whence}"
    return Finding(checker, min(1.0, count / full), clause="spam", why=[sentence(said)])
