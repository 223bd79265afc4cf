"""The author: a first comment, a recent history that says something, an account made just now."""

from collections.abc import Iterator

from moderation.screening.phases.wording import lasting, sentence
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding

SAMPLE = 10  # decisions below which a history says nothing: one of three is chance
WORTH_SAYING = 0.25  # share of them hidden
YOUNG = 7.0  # days
MINUTES = 24 * 60


def first_comment(subject: Subject) -> Iterator[Finding]:
    """Whether nothing of this account's was ever handed in here."""
    if subject.author is not None and subject.author.comments == 0:
        yield Finding("first-comment", 1.0, why=["First comment from this account."])


def history(subject: Subject) -> Iterator[Finding]:
    """What people decided about this author's comments lately, if they decided enough."""
    author = subject.author
    if author is None or author.decided < SAMPLE:
        return
    share = min(1.0, author.restricted / author.decided)
    if share >= WORTH_SAYING:
        were = "was" if author.restricted == 1 else "were"
        said = f"{author.restricted} of the last {author.decided} decided comments {were} hidden"
        yield Finding("history", share, why=[sentence(said)])


def account_age(subject: Subject) -> Iterator[Finding]:
    """How young the account is; score 1 for one made just now, 0 after a week."""
    author = subject.author
    if author is None or author.age_days >= YOUNG:
        return
    age = max(0.0, author.age_days)
    said = f"account made {lasting(age * MINUTES)} ago"
    yield Finding("account-age", 1 - age / YOUNG, why=[sentence(said)])
