"""How well personal data is found is measured, with what is counted said."""

import json
from pathlib import Path
from typing import Any

import pytest

from moderation.screening.risk.personal import evaluate


def row(text: str, *spans: tuple[str, str]) -> dict[str, Any]:
    return {
        "full_text": text,
        "spans": [
            {
                "entity_type": kind,
                "start_position": text.index(value),
                "end_position": text.index(value) + len(value),
            }
            for kind, value in spans
        ],
    }


def test_what_is_missed_and_what_is_wrong_counts() -> None:
    result = evaluate(
        [
            row("Ann, a@example.com", ("EMAIL_ADDRESS", "a@example.com"), ("PERSON", "Ann")),
            row("Somewhere near Cork", ("ADDRESS", "near Cork")),
            row("b@example.com it is"),
            row("Born on 3 May 1981", ("DATE_TIME", "3 May 1981")),
            row("Nothing at all"),
        ]
    )
    assert (result.touched.met, result.touched.wanted) == (1, 2)
    assert (result.touched.right, result.touched.told) == (2, 3)
    assert (result.texts.met, result.texts.wanted) == (1, 2)
    assert result.not_counted == {"PERSON": 1, "DATE_TIME": 1}
    assert result.kinds["email"].precision == pytest.approx(0.5)
    table = "\n".join(result.lines())
    assert "5 texts" in table
    assert "not counted, for want of a shape: PERSON 1, DATE_TIME 1" in table


def test_half_an_address_is_touched_and_not_covered() -> None:
    text = "He lives at 12 Main Road in the old mill behind the church on the hill"
    result = evaluate([row(text, ("ADDRESS", text[12:]))])
    assert result.touched.recall == 1
    assert result.covered.recall == 0


def test_nothing_to_measure_is_said_so() -> None:
    assert "not counted, for want of a shape: nothing" in list(evaluate([]).lines())


def test_nine_in_ten_of_the_annotated_sentences(data_folder: Path) -> None:
    file = data_folder / "text" / "presidio_small.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    result = evaluate(rows)
    for score in (result.texts, result.touched, result.covered):
        assert score.recall >= 0.9
        assert score.precision >= 0.9


def test_newspaper_readers_are_left_in_peace(data_folder: Path) -> None:
    file = data_folder / "text" / "civil_toxic_spans.dev.jsonl"
    rows = [row(json.loads(line)["text"]) for line in file.read_text("utf-8").splitlines()]
    assert evaluate(rows).touched.told <= len(rows) * 0.001
