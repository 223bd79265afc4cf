"""`moderation screen`: a line in, a line out, whatever the line holds."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moderation.cli import main


def screened(*lines: object, code: int = 0) -> list[dict[str, Any]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return answers(run(text.encode("utf-8", "surrogatepass")), code)


def run(given: bytes, file: str = "-") -> Result:
    return CliRunner().invoke(main, ["screen", file], input=given)


def answers(result: Result, code: int = 0) -> list[dict[str, Any]]:
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return [json.loads(line) for line in result.stdout_bytes.decode("utf-8").splitlines()]


def test_a_line_in_is_a_line_out() -> None:
    rude, kind = screened({"text": "You m0r0n."}, {"text": "Thanks, a helpful article."})
    assert rude["risk"]["attack"] > 0.5 > kind["risk"]["attack"]
    assert rude["risk"].keys() == {"attack", "hate", "threat", "spam", "personal_data"}
    listed = next(v for v in rude["verdicts"] if v["checker"] == "words:abuse")
    assert (listed["phase"], listed["clause"], listed["would"]) == ("words", "abuse", "report")
    assert (listed["score"], listed["threshold"]) == (1.0, 1.0)
    assert all(verdict["would"] == "nothing" for verdict in kind["verdicts"])


def test_why_names_the_words_and_spans_stand_in_the_text_as_given() -> None:
    text = "\N{FAMILY} Hello! You i\N{ZERO WIDTH SPACE}diot\N{COMBINING ACUTE ACCENT}."
    (said,) = screened({"text": text})
    model = next(v for v in said["verdicts"] if v["checker"] == "risk:attack")
    assert any("idiot" in text[a:b].replace("\u200b", "") for a, b in model["spans"])
    assert any("“idiot”" in why and why.startswith("Model:") for why in model["why"])
    assert set(model["why"]) <= set(said["why"])


def test_personal_data_is_said_to_be_a_rule() -> None:
    (said,) = screened({"text": "Write to ann.murphy@mail.example please"})
    assert said["risk"]["personal_data"] > 0.9
    assert any(why.startswith("Rule: gives away an e-mail address") for why in said["why"])


def test_facts_about_author_and_article_are_used() -> None:
    terms = {"slug": "trial", "contempt_terms": ["Anna Murphy"]}
    author = {"age_days": 3, "decided": 12, "restricted": 9, "shoe_size": 41}
    (said,) = screened({"text": "Anna Murphy did it", "author": author, "article": terms})
    told = {verdict["phase"] for verdict in said["verdicts"]}
    assert {"contempt", "history", "account-age"} <= told


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("not json", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", 'no "text"'),
        ('{"text": 3}', 'no "text"'),
        ('{"text": "' + "x" * 10_000_000 + '"}', "at most 5,000"),
        ('{"text": "a", "author": 3}', '"author" is an object'),
        ('{"text": "a", "author": {"age_days": "old"}}', '"age_days"'),
        ('{"text": "a", "author": {"age_days": NaN}}', '"age_days"'),
        ('{"text": "a", "author": {"age_days": 1e999}}', '"age_days"'),
        ('{"text": "a", "author": {"decided": -1}}', '"decided"'),
        ('{"text": "a", "article": {"contempt_terms": [1]}}', '"contempt_terms"'),
        ('{"text": "a", "author": {"age_days": ' + "9" * 5000 + "}}", "not JSON"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_answered(line: str, sentence: str) -> None:
    before, bad, after = screened({"text": "Fine."}, line, {"text": "Fine too."}, code=1)
    assert sentence in bad["error"]
    assert "risk" in before
    assert "risk" in after


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "a\0b", "\ud800", "x\udfffy", "\U0010ffff", "\u202e\u200b", "e\u0301" * 2500],
)
def test_odd_texts_are_screened_like_any(text: str) -> None:
    (said,) = screened({"text": text})
    for verdict in said["verdicts"]:
        assert all(0 <= start <= end <= len(text) for start, end in verdict["spans"])
    assert verdicts_are_sound(said)


def verdicts_are_sound(said: dict[str, Any]) -> bool:
    return all(v["is_checked"] and 0 <= v["score"] <= 1 for v in said["verdicts"])


def test_half_a_character_in_a_term_is_no_trouble() -> None:
    (said,) = screened({"text": "x ?", "article": {"contempt_terms": ["\ud800", "x"]}})
    assert verdicts_are_sound(said)


def test_bytes_that_are_no_text_are_a_bad_line() -> None:
    given = b'\xef\xbb\xbf{"text": "Fine."}\r\n\r\n\xff\xfe\n'
    said = answers(run(given), code=1)
    assert "risk" in said[0]
    assert "not JSON" in said[1]["error"]


def test_a_file_is_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "comments.jsonl"
    file.write_text('{"text": "Fine."}\n', "utf-8")
    assert len(answers(run(b"", str(file)))) == 1
    assert answers(run(b"\n\n")) == []
    assert run(b"", str(tmp_path / "none")).exit_code == 2


def test_no_database_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_INSTANCE", str(tmp_path / "never"))
    monkeypatch.setattr(sys, "argv", ["moderation"])
    screened({"text": "Fine."})
    assert not (tmp_path / "never").exists()
