"""Leads keep word lists on pages and in the terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from moderation.cli import main
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.normal import normalised
from moderation.screening.words import service
from moderation.screening.words.models import Word, WordList
from tests import factories, pages


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(main, ["words", *words], obj=app)


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return factories.signed_in(app, Role.LEAD)


def send(client: FlaskClient, path: str, seen: str = "/rules/words", **data: str) -> TestResponse:
    return client.post(path, data={"csrf_token": pages.token(client, seen), **data})


def words_of(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Word.text).order_by(Word.text)))


def test_a_lead_pastes_a_list_and_finds_words_in_disguise(app: Flask, lead: FlaskClient) -> None:
    lines = "# ours\nmoron\nidiot*\nmoron\n\nx\n"
    answer = send(lead, "/rules/words", name="Ours", clause="abuse", lines=lines)
    assert answer.status_code == 303
    page = pages.page(lead, answer.location)
    assert "2 entries added, 1 was there already, 1 skipped" in page.text
    assert words_of(app) == ["idiot", "moron"]
    tried = send(lead, "/rules/words/try", text="You m0r0n")
    assert "“moron” · abuse" in tried.text
    assert "signs for letters" in tried.text


def test_what_cannot_be_is_said_and_kept(app: Flask, lead: FlaskClient) -> None:
    answer = send(lead, "/rules/words", name="", clause="abuse", lines="moron")
    assert answer.status_code == 422
    assert "Give the list a name." in answer.text
    assert ">moron" in answer.text.replace("\r\n", "").replace("\n", "")
    assert words_of(app) == []


def test_one_entry_is_added_and_removed(app: Flask, lead: FlaskClient) -> None:
    there = send(lead, "/rules/words", name="Ours", clause="abuse", lines="moron").location
    assert send(lead, there, seen=there, word="Clown*").status_code == 303
    again = send(lead, there, seen=there, word="clown*")
    assert (again.status_code, "on this list already" in again.text) == (400, True)
    with app.app_context():
        word = db.session.execute(select(Word).where(Word.text == "clown")).scalar_one()
        before = factories.site().screening_version
    assert send(lead, f"{there}/{word.id}/remove", seen=there).status_code == 303
    assert words_of(app) == ["moron"]
    with app.app_context():
        assert factories.site().screening_version > before
    assert send(lead, f"{there}/remove", seen=there).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(WordList)) == 0


def test_a_file_is_imported_with_a_report(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "ours.txt"
    file.write_bytes(
        b"\xef\xbb\xbfmoron\r\n# note\n\nidiot*\nmoron\n\xff\xfe\n" + b"y" * 5000 + b"\n"
    )
    done = run(app, "import", str(file), "--clause", "abuse")
    assert done.exit_code == 0, done.output
    assert "2 entries are new on “ours” (abuse), 1 were there already, 2 skipped." in done.output
    assert "2 × It is not a line of text." in done.output
    again = run(app, "import", str(file), "--clause", "abuse")
    assert "0 entries are new" in again.output
    assert run(app, "import", str(file), "--clause", "nonsense").exit_code == 1
    assert "ours" in run(app, "list").output
    assert run(app, "remove", "ours").exit_code == 0
    assert words_of(app) == []


def test_the_longest_list_we_know_is_imported_and_matched(app: Flask, data_folder: Path) -> None:
    blocklist = data_folder / "hostile_input/wp_comment_blocklist.txt"
    done = run(app, "import", str(blocklist), "--clause", "spam")
    assert done.exit_code == 0, done.output
    with app.app_context():
        matcher = service.matcher(factories.site())
        assert len(matcher) > 60_000
        assert matcher.find(normalised("Buy cheap viagra online"))


def test_a_new_site_has_the_starter_lists(app: Flask) -> None:
    with app.app_context():
        service.give_starter(factories.site())
        matches = service.matcher(factories.site()).find(normalised("I will kill you, asshole"))
        assert {match.clause for match in matches} == {"threats", "abuse"}
