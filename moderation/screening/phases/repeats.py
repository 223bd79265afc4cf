"""Repeats: what earlier comments that say nearly the same mean."""

from collections.abc import Iterator, Mapping, Sequence

from moderation.screening.phases.wording import counted, lasting, sentence
from moderation.screening.subject import Alike, Subject
from moderation.screening.verdict import Finding

LONG_ENOUGH = 8  # words; "Well said, I agree with you" is nobody's campaign
FULL = 6  # accounts with one text; score 1

DEFAULT_BARS: Mapping[str, tuple[float | None, float | None]] = {"repeats": (0.5, 1.0)}


def find(subject: Subject) -> Iterator[Finding]:
    """One finding for other people's copies, one for the author's own."""
    own = [alike for alike in subject.alike if alike.is_own]
    others = [alike for alike in subject.alike if not alike.is_own]
    if others:
        yield _by_several(others, is_short=len(subject.text.split()) < LONG_ENOUGH)
    if own:
        yield _again(own)


def _by_several(others: Sequence[Alike], *, is_short: bool) -> Finding:
    """The author counts as one of the accounts. One other may have been quoted: no clause."""
    accounts = len({alike.author_id for alike in others}) + 1
    names_clause = accounts > 2 and not is_short
    return Finding(
        checker="repeats",
        score=min(1.0, accounts / FULL),
        clause="spam" if names_clause else None,
        why=[sentence(f"{counted(accounts, 'account')}, {_what(others)}, {_within(others)}")],
    )


def _again(own: Sequence[Alike]) -> Finding:
    times = counted(len(own) + 1, "time")
    said = f"{times} from this account, {_what(own)}, {_within(own)}"
    return Finding("repeats:own", min(1.0, (len(own) + 1) / FULL), why=[sentence(said)])


def _what(alike: Sequence[Alike]) -> str:
    if all(one.is_exact for one in alike):
        return "same text"
    return "nearly the same text"


def _within(alike: Sequence[Alike]) -> str:
    return lasting(max(one.minutes_ago for one in alike))
