"""`moderation rules`: checked without a database, tried on the past, listed."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from moderation.cli import main
from moderation.comments.status import Action
from moderation.database import db
from tests.screening.rulebook import trial


def run(app: Flask | None, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["rules", *words], obj=app, input=typed)


def test_check_says_where_and_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("# ours\n\ncomment.links > 3\n  comment.lenght > 3\n1 +\n", encoding="utf-8")
    done = run(None, "check", str(file))
    assert done.exit_code == 1
    assert done.output.splitlines()[:4] == [
        "3: ok",
        "4: character 9: There is no “comment.lenght”. Did you mean comment.length?",
        "    comment.lenght > 3",
        "            ^",
    ]
    assert run(None, "check", typed="comment.links > 3\n").output == "1: ok\n"


@pytest.mark.parametrize("garbage", [b"\xff\xfe\x00\x01", b"", b"\x00" * 100, b"x" * 100_000])
def test_garbage_is_a_sentence(tmp_path: Path, garbage: bytes) -> None:
    file = tmp_path / "rules.txt"
    file.write_bytes(garbage)
    done = run(None, "check", str(file))
    assert "Traceback" not in done.output
    assert done.exit_code == (1 if garbage else 0)
    assert len(done.output) < 1_000


def test_a_dry_run_counts_and_keeps_nothing(app: Flask) -> None:
    with app.app_context():
        for action in (Action.APPROVE, Action.HIDE):
            trial.judged("The blue lantern.", action)
        db.session.commit()
    done = run(app, "dry-run", trial.LANTERN, "--clause", "spam", "--days", "7")
    assert done.exit_code == 0
    assert "Would have held 2 of 2 comments of the last 7 days." in done.output
    assert "People approved 1 of them and hid 1" in done.output
    assert run(app, "list").output == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("comment.links >", "--clause", "spam"), "Line 1, character 16"),
        (("comment.links > 3", "--clause", "telepathy"), "no clause “telepathy”"),
        (("comment.links > 3",), "--clause"),
        (("comment.links > 3", "--clause", "spam", "--days", "0"), "--days"),
    ],
)
def test_a_dry_run_that_cannot_be(app: Flask, words: tuple[str, ...], sentence: str) -> None:
    done = run(app, "dry-run", *words)
    assert done.exit_code != 0
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_the_list_shows_what_is_in_force(app: Flask) -> None:
    with app.app_context():
        trial.rule(hold=True)
    done = run(app, "list")
    assert done.output.split() == [
        *("blue-lantern", "live", "hold", "spam", "version", "1"),
        *trial.LANTERN.split(),
    ]
