"""A policy file is refused with a sentence for everything wrong with it."""

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from moderation.policy import rules
from moderation.policy.service import STARTER

Change = Callable[[dict[str, Any]], object]


def starter() -> dict[str, Any]:
    return tomllib.loads(STARTER.read_text("utf-8"))


def first(text: dict[str, Any]) -> dict[str, Any]:
    clause: dict[str, Any] = text["clause"][0]
    return clause


def test_the_starter_is_a_policy() -> None:
    assert rules.problems(starter()) == []


def test_the_starter_has_what_a_newspaper_needs() -> None:
    codes = {clause["code"] for clause in starter()["clause"]}
    assert len(codes) >= 8
    needed = {"defamation", "contempt", "personal-data", "hatred", "threats", "spam", "abuse"}
    assert {*needed, "off-topic"} <= codes


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.pop("title"), "The policy: “title” is missing."),
        (lambda text: text.update(introduction=" \n"), "The policy: “introduction” is missing."),
        (lambda text: text.update(title="x" * 121), "The policy: “title” is longer than 120"),
        (lambda text: text.update(rules=1), "“rules” is not a part of a policy."),
        (lambda text: text.update(clause=[]), "at least one clause"),
        (lambda text: text.update(clause="abuse"), "at least one clause"),
        (lambda text: text["clause"].append("abuse"), "is not a table"),
        (lambda text: text["clause"].append(first(text)), "Clause “abuse” is there 2 times."),
        (lambda text: first(text).pop("code"), "Clause 1: a code has small letters"),
        (lambda text: first(text).update(code="Über uns"), "a code has small letters"),
        (lambda text: first(text).update(code="a" * 41), "a code has small letters"),
        (lambda text: first(text).update(code="disagree"), "this code is taken"),
        (lambda text: first(text).update(colour="red"), "“colour” is not a part of a clause."),
        (lambda text: first(text).update(text=""), "Clause “abuse”: “text” is missing."),
        (lambda text: first(text).update(plain=7), "Clause “abuse”: “plain” is missing."),
        (lambda text: first(text).update(covered=[]), "“covered” is a list"),
        (lambda text: first(text).update(not_covered=["", "x"]), "“not_covered” is a list"),
        (lambda text: first(text).update(severity=3), "“severity” is 1, 2, 4 or 8."),
        (lambda text: first(text).update(severity=True), "“severity” is 1, 2, 4 or 8."),
        (lambda text: first(text).update(severity=[1]), "“severity” is 1, 2, 4 or 8."),
        (lambda text: first(text).pop("severity"), "“severity” is 1, 2, 4 or 8."),
        (lambda text: first(text).update(lane=3), "“lane” is 0, 1 or 2."),
        (lambda text: first(text).update(ground="whim"), "“ground” is policy or law."),
        (lambda text: first(text).update(ground="law"), "“legal_ground” must say which."),
        (lambda text: first(text).update(legal_ground=7), "“legal_ground” is a text."),
        (lambda text: first(text).update(category="RUDE"), "“RUDE” is not in the Commission's"),
        (lambda text: first(text).update(default_action="burn"), "hide, hold or escalate."),
        (lambda text: first(text).update(target_minutes=0), "“target_minutes” is a number"),
        (lambda text: first(text).update(target_minutes=True), "“target_minutes” is a number"),
    ],
)
def test_everything_wrong_is_said_in_a_sentence(change: Change, sentence: str) -> None:
    text = starter()
    change(text)
    problems = rules.problems(text)
    assert any(sentence in problem for problem in problems), problems
    assert all(problem.endswith((".", "]].")) for problem in problems)


def test_all_is_said_at_once() -> None:
    text = starter()
    first(text).update(severity=3, lane=9, category="")
    assert len(rules.problems(text)) == 3
