"""Why a case is here, in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.cases.models import Case, Report, Track
from moderation.comments.status import Status
from moderation.people.roles import Role
from moderation.policy.models import Clause
from moderation.review import words
from moderation.review.choices import Rule, choices
from moderation.review.moved import difference
from moderation.review.why import Signal, why

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def case(minutes: float = 20, **given: Any) -> Case:
    facts: dict[str, Any] = {"lane": 2, "due_at": NOW + timedelta(minutes=minutes), **given}
    return Case(**facts)


def reported(
    severity: int = 4,
    *,
    upheld: int = 0,
    not_upheld: int = 0,
    code: str = "x",
    checker: str | None = None,
) -> Signal:
    clause = Clause(code=code, title=code, severity=severity)
    report = Report(track=Track.POLICY, clause=clause, law="", checker=checker)
    return Signal(report, upheld, not_upheld)


def noticed(law: str = "defamation", **given: object) -> Signal:
    facts = {"track": Track.ILLEGAL, "law": law, "danger": False, **given}
    return Signal(Report(**facts), 0, 0)


def test_reports_against_something_on_the_page() -> None:
    signals = [reported(upheld=12, not_upheld=2), reported(1, upheld=5, not_upheld=2)]
    said = why(case(), Status.PUBLISHED, signals, now=NOW)
    assert said.sentence == (
        "Severe · two reporters, usually right · on the page now · due in 20 minutes"
    )
    assert said.tone == "soon"


def test_one_newcomer() -> None:
    said = why(case(300), Status.PUBLISHED, [reported(2)], now=NOW)
    assert said.sentence == "Serious · one reporter · on the page now · due in 5 hours"
    assert not said.tone


def test_waiting_for_a_first_look() -> None:
    said = why(case(-8), Status.PENDING, [], now=NOW)
    assert said.sentence == "Waiting for its first look · 8 minutes late"
    assert said.tone == "late"


def test_a_notice_names_the_law_and_says_whether_its_sender_is_known() -> None:
    unknown = why(case(), Status.PUBLISHED, [noticed()], now=NOW)
    assert (
        "notice of illegal content (defamation) · sender not confirmed" in unknown.sentence.lower()
    )
    known = why(case(lane=1), Status.PUBLISHED, [noticed(reporter_id=7)], now=NOW)
    assert "sender confirmed" in known.sentence
    assert known.lane == "The law"


def test_danger_comes_first() -> None:
    said = why(case(lane=0), Status.PUBLISHED, [noticed("child-abuse", danger=True)], now=NOW)
    assert said.lines[0] == "Danger to life or to a child"
    assert said.lane == "Danger to life or children"


def test_two_notices() -> None:
    said = why(case(), Status.PUBLISHED, [noticed(), noticed(reporter_id=7)], now=NOW)
    assert "Two notices of illegal content" in said.sentence
    assert "one of two senders confirmed" in said.sentence


@pytest.mark.parametrize(
    ("given", "standing", "words_there"),
    [
        ({"addressee": Role.LEAD}, Status.PUBLISHED, "handed to a lead"),
        ({}, Status.PUBLISHED, "waiting for somebody to look"),
        ({"closed_at": NOW - timedelta(hours=2)}, Status.HIDDEN, "closed 2 hours ago"),
    ],
)
def test_other_reasons(given: dict[str, Any], standing: Status, words_there: str) -> None:
    assert words_there in why(case(**given), standing, [], now=NOW).sentence


def test_a_decision_that_was_taken_back_is_why() -> None:
    said = why(case(), Status.PUBLISHED, [], now=NOW, was_undone=True)
    assert said.sentence.startswith("On the page now · an earlier decision was taken back")


def test_people_and_machines_are_counted_apart() -> None:
    signals = [
        reported(upheld=12, not_upheld=2),
        reported(1, upheld=5, not_upheld=2),
        reported(checker="risk:attack", upheld=5, not_upheld=5),
        reported(checker="risk:hate"),
        reported(2, checker="rule:many-links"),
    ]
    said = why(case(), Status.PENDING, signals, now=NOW, held_by="check")
    assert said.sentence == (
        "Severe · two reporters, usually right · risk model, right about half the time"
        " · rule of the newsroom · held by a check until somebody looks · due in 20 minutes"
    )
    alone = why(case(), Status.PUBLISHED, signals[2:3], now=NOW)
    assert "reporter" not in alone.sentence


def test_an_appeal() -> None:
    appealed = why(case(), Status.HIDDEN, [], now=NOW, appeals=["its author"])
    assert appealed.sentence.startswith("Appeal by its author · hidden")


@pytest.mark.parametrize(
    ("upheld", "not_upheld", "said"),
    [
        (0, 0, "nothing settled yet"),
        (1, 1, "right in one of two so far"),
        (0, 2, "right in none of two so far"),
        (12, 2, "usually right (12 of 14)"),
        (5, 5, "right about half the time (5 of 10)"),
        (1, 9, "seldom right (1 of 10)"),
    ],
)
def test_what_earlier_reports_were_worth(upheld: int, not_upheld: int, said: str) -> None:
    assert words.record(upheld, not_upheld) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.5, "due now"), (-0.5, "due now"), (1.2, "due in 1 minute"), (90, "due in 2 hours"),
     (60 * 24 * 3, "due in 3 days"), (-61, "1 hour late")],
)  # fmt: skip
def test_deadlines(minutes: float, said: str) -> None:
    assert words.due(NOW + timedelta(minutes=minutes), NOW) == said


def test_excerpts_end_between_words() -> None:
    assert words.excerpt("one  two\nthree", 9) == "one two…"
    assert words.excerpt("short") == "short"


def test_the_likely_clause_comes_first_and_the_first_nine_have_keys() -> None:
    rules = [Rule(code, code.upper(), "It …", 1) for code in "abcdefghijk"]
    signals = [
        reported(code="d"),
        reported(code="g", upheld=20),
        reported(code="d", not_upheld=50),
        noticed("c"),
        reported(code="d", checker="words:d", not_upheld=50),
    ]
    found = choices(rules, signals)
    assert [choice.rule.code for choice in found][:5] == ["g", "d", "c", "a", "b"]
    assert [choice.key for choice in found] == [*"123456789", "", ""]
    assert [choice.why for choice in found][:4] == [
        "alleged by one reporter",
        "alleged by two reporters and one check",
        "alleged by one notice",
        "",
    ]


def test_a_difference_reads_in_order_and_loses_nothing() -> None:
    before, after = "See you on Sunday,\n\nold man.", "See you  on Monday,\n\nold friend."
    pieces = difference(before, after)
    assert "".join(text for tag, text in pieces if tag != "ins") == before
    assert "".join(text for tag, text in pieces if tag != "del") == after
    assert ("del", "Sunday,") in pieces
    assert ("ins", "Monday,") in pieces
