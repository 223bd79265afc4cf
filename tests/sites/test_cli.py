"""`moderation site` in the terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.cli import main
from moderation.database import db
from moderation.events.models import Event
from moderation.sites.settings import WORDS
from tests import factories, pages


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(main, ["site", *words], obj=app)


def test_a_second_publication_has_its_own_host_and_policy(app: Flask, client: FlaskClient) -> None:
    given = ("--name", "The Northern Test", "--url", "https://north.example/")
    done = run(app, "add", "north", *given, "--host", "north.example")
    assert done.exit_code == 0
    assert "moderation policy publish --starter --site north" in done.output
    listed = run(app, "list").output
    assert "north\tThe Northern Test\thttps://north.example\tnorth.example\n" in listed
    assert "main\tThe Daily Test\thttp://localhost\tany host\n" in listed
    at_north = {"base_url": "http://north.example"}
    assert "not published its policy yet" in client.get("/policy", **at_north).text
    words = ["policy", "publish", "--starter", "--site", "north"]
    assert CliRunner().invoke(main, words, obj=app).exit_code == 0
    assert "The Northern Test" in client.get("/policy", **at_north).text


@pytest.mark.parametrize(
    "given",
    [
        ("main", "--name", "N", "--url", "https://n.example"),
        ("No!", "--name", "N", "--url", "https://n.example"),
        ("north", "--name", " ", "--url", "https://n.example"),
        ("north", "--name", "x" * 81, "--url", "https://n.example"),
        ("north", "--name", "N", "--url", "n.example"),
        ("north", "--name", "N", "--url", "http://[::1"),
        ("north", "--name", "N", "--url", "https://n.example", "--host", "https://n.example"),
    ],
)
def test_a_publication_that_cannot_be(app: Flask, given: tuple[str, ...]) -> None:
    done = run(app, "add", *given)
    assert (done.exit_code, done.output[:7]) == (1, "Error: ")


def test_a_host_belongs_to_one_publication(app: Flask) -> None:
    given = ("--name", "N", "--url", "https://n.example", "--host", "n.example")
    assert run(app, "add", "north", *given).exit_code == 0
    assert "n.example already" in run(app, "add", "south", *given).output


def test_the_words_of_the_pages(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    with app.app_context():
        slug = factories.article().slug
        db.session.commit()
    file = tmp_path / "words.json"
    file.write_text(json.dumps({"thread_heading": "Your Say", "form_cancel": "never mind"}))
    done = run(app, "set", "--words", str(file), "form_button=Send it")
    assert "thread_heading=Your Say\n" in done.output
    read = pages.page(client, f"/articles/{slug}").text
    assert "Your Say" in read
    assert "Send it" in read
    assert run(app, "set", "thread_heading=").output == "thread_heading=Your Voice\n"
    assert "Your Say" not in pages.page(client, f"/articles/{slug}").text
    assert len(run(app, "set").output.splitlines()) == len(WORDS)
    with app.app_context():
        events = db.session.scalars(select(Event).where(Event.kind == "site-words-changed")).all()
    assert [event.facts for event in events] == [
        {"words": "form_button,form_cancel,thread_heading"},
        {"words": "thread_heading"},
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("no_such_word=x",), 1),
        (("here",), 2),
        (("here=" + "x" * 501,), 1),
        (("here=\x1b[31m",), 1),
        (("thread_intro=No link.",), 1),
        (("thread_intro={here} and {here}.",), 1),
        (("--site", "none"), 1),
    ],
)
def test_words_that_cannot_be(app: Flask, words: tuple[str, ...], code: int) -> None:
    done = run(app, "set", *words)
    assert (done.exit_code, "Error: " in done.output) == (code, True)


@pytest.mark.parametrize("content", ["{", "[1]", '{"here": 7}'])
def test_a_file_that_has_no_words(app: Flask, tmp_path: Path, content: str) -> None:
    file = tmp_path / "words.json"
    file.write_text(content)
    assert run(app, "set", "--words", str(file)).exit_code == 1


def test_a_publication_moves(app: Flask) -> None:
    done = run(app, "change", "--name", "The Weekly Test", "--url", "https://weekly.example/")
    assert done.output == "The Weekly Test is at https://weekly.example.\n"
    assert run(app, "change", "--url", "weekly.example").exit_code == 1
    with app.app_context():
        assert factories.site().url == "https://weekly.example"
