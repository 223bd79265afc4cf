"""What the risk model says on the card: whose word it is, for which words, and when to be wary."""

from collections.abc import Mapping, Sequence

import pytest

from moderation.policy import service as policy
from moderation.screening.normal import Normal
from moderation.screening.phases import risk, threats
from moderation.screening.risk.model import SHIPPED_BARS, Model, Score
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding, Span


class Said(Model):
    """A model that says what it is told to, of any text."""

    def __init__(self, attack: Score) -> None:
        self.version = "told"
        self.attack = attack

    def score(self, normal: Normal) -> dict[str, Score]:
        return {"attack": self.attack, **dict.fromkeys(("hate", "spam"), Score(0.01))}


def told(text: str, model: Model | None = None) -> Mapping[str, Finding]:
    found = risk.find(Subject(text), model or Model.shipped())
    return {finding.checker: finding for finding in found}


def why(probability: float, words: Sequence[str] = (), *, only_group: bool = False) -> list[str]:
    spans = [Span(0, 4)] if words else []
    said = told("Some text", Said(Score(probability, words, spans, only_group)))
    return list(said["risk:attack"].why)


def test_every_head_says_something_and_has_its_bar_and_its_clause() -> None:
    said = told("A fine day.")
    assert said.keys() == {*SHIPPED_BARS, *threats.DEFAULT_BARS}
    assert {finding.clause for finding in said.values()} <= set(policy.starter_codes())


def test_the_words_that_drove_it_are_named() -> None:
    assert why(0.672, ["moron", "you"]) == [
        "Model: 67% likely an attack, for “moron”, “you”.",
    ]


def test_a_group_alone_asks_to_check_the_context() -> None:
    assert why(0.4, ["muslims"], only_group=True)[-1] == "Mentions a group: check the context."


@pytest.mark.parametrize("only_group", [True, False])
def test_what_is_hardly_likely_needs_no_reasons(only_group: bool) -> None:
    assert why(0.05, ["muslims"], only_group=only_group) == []


def test_a_rule_is_called_a_rule() -> None:
    (sentence,) = told("Write to ann.murphy@mail.example")["risk:personal_data"].why
    assert sentence.startswith("Rule: ")
    assert told("No data here.")["risk:personal_data"].score == 0
