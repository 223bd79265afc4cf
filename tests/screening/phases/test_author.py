"""What is known about an account becomes a signal, once it says something."""

import pytest

from moderation.screening.phases import author, flood
from moderation.screening.subject import AuthorFacts, Subject
from tests.screening.phases.reading import by_checker


def by(**facts: float) -> Subject:
    return Subject("Fine.", author=AuthorFacts(**{"age_days": 400, "comments": 9, **facts}))  # type: ignore[arg-type]


def test_the_first_comment_is_a_signal_and_the_second_is_none() -> None:
    (first,) = author.first_comment(by(comments=0))
    assert (first.checker, first.clause) == ("first-comment", None)
    assert first.why == ["First comment from this account."]
    assert not list(author.first_comment(by(comments=1)))


def test_a_history_says_something_from_ten_decisions_on() -> None:
    (bad,) = author.history(by(decided=12, restricted=7))
    assert bad.why == ["7 of the last 12 decided comments were hidden."]
    assert bad.score == pytest.approx(7 / 12)
    assert bad.clause is None
    assert not list(author.history(by(decided=9, restricted=9)))
    assert not list(author.history(by(decided=20, restricted=1)))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.0, "Account made less than a minute ago."),
        (20 / 1440, "Account made 20 minutes ago."),
        (0.25, "Account made six hours ago."),
        (3.2, "Account made three days ago."),
    ],
)
def test_a_young_account_says_how_young(days: float, said: str) -> None:
    (young,) = author.account_age(by(age_days=days))
    assert young.why == [said]
    assert not list(author.account_age(by(age_days=7)))


def test_many_comments_in_ten_minutes_are_a_flood() -> None:
    assert not list(flood.find(by(in_ten_minutes=3)))
    (few,) = flood.find(by(in_ten_minutes=4))
    assert few.why == ["Five comments in ten minutes from this account."]
    assert few.score < flood.DEFAULT_BARS["flood"][0]  # type: ignore[operator]
    (many,) = flood.find(by(in_ten_minutes=25))
    assert (many.clause, many.score) == ("spam", 1.0)


def test_a_network_of_many_people_is_reported_late_and_never_held() -> None:
    assert not list(flood.find(by(network_in_ten_minutes=20)))
    found = by_checker(flood.find(by(network_in_ten_minutes=80)))
    assert found["flood:network"].why == ["81 comments in ten minutes from the author’s network."]
    assert flood.DEFAULT_BARS["flood:network"][1] is None
    # an account alone on its network is told about once
    alone = by_checker(flood.find(by(in_ten_minutes=40, network_in_ten_minutes=40)))
    assert set(alone) == {"flood"}


def test_nothing_is_said_about_somebody_unknown() -> None:
    nobody = Subject("Fine.")
    phases = (author.first_comment, author.history, author.account_age, flood.find)
    assert not any(list(phase(nobody)) for phase in phases)
