"""All rules of a site at once: one evaluation, and a rule that fails harms nobody."""

from typing import Any

import pytest

from moderation.screening.rulebook import engine
from moderation.screening.rulebook.models import Rule
from moderation.screening.rulebook.ruleset import RuleSet
from moderation.screening.subject import Subject
from moderation.screening.verdict import PhaseMode, Verdict, Would

TEXT = "Three links: http://a.example http://b.example http://c.example"


def row(name: str, expression: str, mode: PhaseMode = PhaseMode.LIVE, **given: Any) -> Rule:
    return Rule(
        **{"name": name, "expression": expression, "mode": mode, "version": 1}
        | {"clause_code": "spam", "hold": False}
        | given
    )


def verdicts(*rows: Rule, text: str = TEXT, mode: PhaseMode = PhaseMode.LIVE) -> list[Verdict]:
    return list(RuleSet.build(rows).verdicts(Subject(text), (), mode, {"spam"}))


def test_fifty_rules_are_one_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = RuleSet.build(row(f"r{n:02}", f"comment.links > {n}") for n in range(50))
    execute, runs = engine.execute, []

    def counted(*given: Any) -> object:
        runs.append(given)
        return execute(*given)

    monkeypatch.setattr(engine, "execute", counted)
    found = list(rules.find(Subject(TEXT)))
    assert [finding.checker for finding in found] == ["rule:r00", "rule:r01", "rule:r02"]
    assert len(runs) == 1


def test_a_rule_that_fails_is_unchecked_and_the_others_speak() -> None:
    by_nothing = row("by-nothing", "comment.words / (comment.links - 3) > 0")
    failed, fine = verdicts(by_nothing, row("fine", "comment.links > 2"))
    assert (failed.checker, failed.is_checked, failed.would) == (
        "rule:by-nothing",
        False,
        Would.NOTHING,
    )
    (why,) = failed.why
    assert why.startswith("The rule “by-nothing” could not be worked out for this comment: ")
    assert why.endswith("this rule divides by zero.")
    assert (fine.checker, fine.is_checked, fine.would) == ("rule:fine", True, Would.REPORT)


def test_a_rule_that_is_not_understood_any_more_is_unchecked() -> None:
    old, fine = verdicts(row("old", "telepathy > 3"), row("fine", "comment.links > 2"))
    assert (old.is_checked, fine.is_checked) == (False, True)
    assert "not understood any more" in old.why[0]


@pytest.mark.parametrize(
    ("phase", "rule", "lesser"),
    [
        (PhaseMode.LIVE, PhaseMode.LIVE, PhaseMode.LIVE),
        (PhaseMode.LIVE, PhaseMode.SHADOW, PhaseMode.SHADOW),
        (PhaseMode.SHADOW, PhaseMode.LIVE, PhaseMode.SHADOW),
    ],
)
def test_the_lesser_mode_counts(phase: PhaseMode, rule: PhaseMode, lesser: PhaseMode) -> None:
    (found,) = verdicts(row("links", "comment.links > 2", rule, hold=True), mode=phase)
    assert (found.mode, found.would, found.version) == (lesser, Would.HOLD, "1")
    assert found.holds is (lesser is PhaseMode.LIVE)


def test_what_is_off_is_not_asked_and_an_unknown_clause_is_a_signal() -> None:
    assert verdicts(row("off", "comment.links > 2", PhaseMode.OFF)) == []
    (found,) = verdicts(row("old", "comment.links > 2", clause_code="telepathy", hold=True))
    assert (found.clause, found.would) == (None, Would.NOTHING)


def test_rules_may_ask_what_the_others_said() -> None:
    before = [
        Verdict("words", "words:abuse", PhaseMode.LIVE, 1.0, Would.REPORT, "abuse"),
        Verdict("links", "links", PhaseMode.LIVE, 0.9, is_checked=False),
    ]
    rules = RuleSet.build(
        [
            row("words", "flags['words:abuse'] > 0.5 && verdicts.exists(v, v.would == 'report')"),
            row("broken", "flags['links'] > 0.0"),
        ]
    )
    found = [finding.checker for finding in rules.find(Subject("x"), before)]
    assert found == ["rule:words"]
