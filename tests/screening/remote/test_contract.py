"""What a checker may answer: understood as a whole, or refused with a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import Refused
from moderation.screening.remote import contract
from moderation.screening.verdict import Span


def read(verdict: object, *, length: int = 10) -> object:
    return contract.read(json.dumps({"verdicts": [verdict]}).encode(), length=length)


def test_everything_it_may_say() -> None:
    (finding,) = contract.read(
        json.dumps(
            {
                "verdicts": [
                    {
                        "clause": "abuse",
                        "score": 1,
                        "spans": [[0, 4], [6, 10]],
                        "why": ["It\ninsults \x00 somebody."],
                        "version": "v7",
                        "more": "is passed over",
                    }
                ]
            }
        ).encode(),
        length=10,
    )
    assert (finding.checker, finding.clause, finding.score) == ("remote:abuse", "abuse", 1.0)
    assert finding.spans == (Span(0, 4), Span(6, 10))
    assert finding.why == ("It insults somebody.",)
    assert finding.version == "v7"


def test_the_least_it_may_say() -> None:
    assert contract.read(b'{"verdicts": []}', length=0) == []
    (finding,) = contract.read(b'{"verdicts": [{"score": 0.25}]}', length=0)
    assert (finding.checker, finding.clause, finding.score) == ("remote", None, 0.25)
    assert finding.why


def test_of_two_about_one_clause_the_surer_counts() -> None:
    said = [
        {"clause": "abuse", "score": 0.2},
        {"clause": "abuse", "score": 0.9},
        {"score": 0.1},
        {"score": 0.2},
    ]
    found = contract.read(json.dumps({"verdicts": said}).encode(), length=5)
    assert [(f.clause, f.score) for f in found] == [("abuse", 0.9), (None, 0.1), (None, 0.2)]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 50_000, "not JSON"),
        (b"[]", "no list of"),
        (b'{"verdicts": {}}', "no list of"),
        (b'{"verdicts": [7]}', "is an object"),
        (json.dumps({"verdicts": [{"score": 0.5}] * 21}).encode(), "at most 20"),
        (b" " * 70_000, "at most 65,536 bytes"),
    ],
)
def test_what_is_no_answer(body: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        contract.read(body, length=10)


@pytest.mark.parametrize(
    ("verdict", "name"),
    [
        ({}, "score"),
        ({"score": "0.5"}, "score"),
        ({"score": True}, "score"),
        ({"score": -0.1}, "score"),
        ({"score": 1.1}, "score"),
        ({"score": float("nan")}, "score"),
        ({"score": float("inf")}, "score"),
        ({"score": 10**400}, "score"),
        ({"score": 0.5, "clause": 7}, "clause"),
        ({"score": 0.5, "clause": ""}, "clause"),
        ({"score": 0.5, "clause": "a\x00"}, "clause"),
        ({"score": 0.5, "clause": "x" * 41}, "clause"),
        ({"score": 0.5, "spans": [[0, 11]]}, "spans"),
        ({"score": 0.5, "spans": [[3, 3]]}, "spans"),
        ({"score": 0.5, "spans": [[-1, 3]]}, "spans"),
        ({"score": 0.5, "spans": [[0.0, 3]]}, "spans"),
        ({"score": 0.5, "spans": [[False, True]]}, "spans"),
        ({"score": 0.5, "spans": [[0, 1, 2]]}, "spans"),
        ({"score": 0.5, "spans": ["ab"]}, "spans"),
        ({"score": 0.5, "spans": [[0, 1]] * 51}, "spans"),
        ({"score": 0.5, "why": 7}, "why"),
        ({"score": 0.5, "why": [7]}, "why"),
        ({"score": 0.5, "why": ["x" * 301]}, "why"),
        ({"score": 0.5, "why": ["x"] * 6}, "why"),
        ({"score": 0.5, "version": 7}, "version"),
        ({"score": 0.5, "version": "x" * 41}, "version"),
    ],
)
def test_what_is_no_verdict(verdict: dict[str, object], name: str) -> None:
    with pytest.raises(Refused, match=f'"{name}"'):
        read(verdict)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: (
        st.lists(inside) | st.dictionaries(st.sampled_from(["score", "why", "spans"]), inside)
    ),
)


@given(_JSON)
def test_whatever_it_says_is_understood_or_refused(said: object) -> None:
    try:
        read(said)
    except Refused as error:
        assert error.sentence  # noqa: PT017
