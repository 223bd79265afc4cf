"""Threats are known by the shape of the sentence, not by its strong words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.screening.phases import threats
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding


def found(text: str) -> Finding:
    (finding,) = threats.find(Subject(text))
    return finding


@pytest.mark.parametrize(
    "text",
    [
        "I will kill you.",
        "We'll burn every last one of those people.",
        "I'm gonna put your manager in hospital",
        "There is a bullet with your name on it.",
        "You're dead, mate.",
        "I know where your kids go.",
        "your windows will be smashed",
        "I w1ll k1ll you",
    ],
)
def test_what_is_said_to_come_is_sure(text: str) -> None:
    assert found(text).score == threats.DIRECT
    assert found(text).why[0].startswith("Rule: says that somebody will be hurt: “")


@pytest.mark.parametrize(
    "text",
    [
        "They should all be shot.",
        "He deserves a bullet.",
        "Burn the mosque.",
        "Somebody hang him already.",
        "I hope you get cancer.",
        "A boot to the head would do him good.",
        "Bring back the rope.",
        "Throw him off a cliff.",
    ],
)
def test_what_is_wished_is_less_so(text: str) -> None:
    assert found(text).score == threats.WISHED
    assert found(text).why[0].startswith("Rule: wants somebody hurt: “")


@pytest.mark.parametrize(
    "text",
    [
        "I agree.",
        "Next time, the one and only tram.",
        "The traffic is killing me.",
        "I'd kill for a pint.",
        "We will kill the bill in the Senate.",
        "The court heard that he had threatened to kill his neighbour.",
        "He was shot in 1916.",
        "Hang the washing out and burn the toast.",
        "They bombed at the box office.",
        "I could murder a curry.",
        "Smoking will kill more people than cars.",
    ],
)
def test_strong_words_alone_are_no_threat(text: str) -> None:
    assert found(text).score == 0
    assert not found(text).spans


def test_the_words_are_marked_where_they_stand() -> None:
    text = "I will not, but: they SHOULD BE SHOT, all of them."
    (span,) = found(text).spans
    assert text[span.start : span.end] == "SHOULD BE SHOT"
    assert found(text).why == ["Rule: wants somebody hurt: “should be shot”."]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_anything_may_be_said(text: str) -> None:
    for span in found(text).spans:
        assert 0 <= span.start < span.end <= len(text)
