"""Leads add articles and change their modes, on pages and in the terminal."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.articles import service
from moderation.articles.models import Article, Mode, ModeReason
from moderation.articles.service import How
from moderation.cli import main
from moderation.database import db
from moderation.people.roles import Role
from tests import factories, pages

WHY = {"mode": "closed", "reason": "legal", "sentence": "A court is hearing this case."}


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(main, ["article", *words], obj=app)


def article(app: Flask, slug: str = "harbour-tram") -> Article:
    with app.app_context():
        found = service.find(factories.site(), slug)
        db.session.refresh(found)
        return found


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return factories.signed_in(app, Role.LEAD)


def send(client: FlaskClient, path: str, **data: str) -> TestResponse:
    return client.post(path, data={"csrf_token": pages.token(client, path), **data})


def test_a_lead_adds_an_article(app: Flask, lead: FlaskClient) -> None:
    given = {"slug": "harbour-tram", "title": " Trams  again ", "standfirst": "At last."}
    answer = send(lead, "/articles/add", mode="open", **given)
    assert (answer.status_code, answer.location) == (303, "/articles/harbour-tram")
    assert article(app).title == "Trams again"
    pages.page(lead, "/articles/harbour-tram")


def test_a_lead_finds_the_way(app: Flask, lead: FlaskClient) -> None:
    run(app, "add", "harbour-tram", "--title", "Trams")
    ways = {"/": "/articles/add", "/articles/harbour-tram": "/articles/harbour-tram/mode"}
    reader = factories.signed_in(app)
    for page, link in ways.items():
        assert link in pages.page(lead, page).links
        assert link not in pages.page(reader, page).links


def test_what_was_typed_is_there_again(app: Flask, lead: FlaskClient) -> None:
    answer = send(lead, "/articles/add", slug="a b", title="Trams", mode="closed", until="soon")
    assert answer.status_code == 422
    pages.read(answer)
    for words in (
        'value="a b"',
        'value="Trams"',
        "A reference has",
        "Choose a reason",
        "Tell readers",
    ):
        assert words in answer.text
    assert "Write a date and a time" in answer.text
    assert send(lead, "/articles/add", slug="tram", title="Trams", mode="open").status_code == 303
    again = send(lead, "/articles/add", slug="tram", title="Other", mode="open")
    assert again.status_code == 409
    assert "There is an article “tram” already." in pages.read(again).text
    assert 'value="Other"' in again.text


def test_a_lead_closes_a_thread_and_opens_it_again(app: Flask, lead: FlaskClient) -> None:
    run(app, "add", "harbour-tram", "--title", "Trams", "--mode", "open")
    path = "/articles/harbour-tram/mode"
    answer = send(lead, path, until="2126-11-22T10:00", **WHY)
    assert (answer.status_code, answer.location) == (303, "/articles/harbour-tram")
    how = service.mode_of(article(app))
    assert (how.mode, how.reason) == (Mode.CLOSED, ModeReason.LEGAL)
    assert how.until is not None
    assert how.until.isoformat() == "2126-11-22T10:00:00+00:00"
    read = pages.page(lead, path)
    assert "A court is hearing this case." in read.text
    assert 'value="2126-11-22T10:00"' in read.text
    assert "A court is hearing this case." in pages.page(app.test_client(), answer.location).text
    assert send(lead, path, mode="open").status_code == 303
    assert service.mode_of(article(app)) == How()


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": ""},
        {"mode": "ajar"},
        {"reason": ""},
        {"reason": "whim"},
        {"sentence": " "},
        {"until": "2020-01-01T00:00"},
        {"until": "9999999-01-01"},
        {"csrf_token": "forged"},
    ],
)
def test_a_mode_that_cannot_be(app: Flask, lead: FlaskClient, wrong: dict[str, str]) -> None:
    run(app, "add", "harbour-tram", "--title", "Trams")
    answer = send(lead, "/articles/harbour-tram/mode", **{**WHY, **wrong})
    assert answer.status_code == 422
    assert "Please look at this again" in pages.read(answer).text
    assert article(app).mode is Mode.OPEN


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.READER])
def test_only_leads(app: Flask, role: Role) -> None:
    run(app, "add", "harbour-tram", "--title", "Trams")
    client = factories.signed_in(app, role)
    expected = 200 if role in {Role.LEAD, Role.ADMIN} else 403
    for path in ("/articles/add", "/articles/harbour-tram/mode"):
        assert client.get(path).status_code == expected
        answer = client.post(path, data=WHY)
        assert answer.status_code == (422 if expected == 200 else 403)


def test_an_article_there_is_not(lead: FlaskClient) -> None:
    for slug in ("none", "a%00b", "a%2Fb"):
        assert lead.get(f"/articles/{slug}/mode").status_code == 404


def test_in_the_terminal(app: Flask) -> None:
    done = run(app, "add", "harbour-tram", "--title", "Trams", "--mode", "open")
    assert (done.exit_code, done.output) == (
        0,
        "http://localhost/articles/harbour-tram is added, open.\n",
    )
    again = run(app, "add", "harbour-tram", "--title", "Trams", "--mode", "open")
    assert (again.exit_code, again.output) == (
        1,
        "Error: There is an article “harbour-tram” already.\n",
    )
    why = ("--reason", "volume", "--sentence", "We read first.", "--until", "2126-11-22")
    done = run(app, "mode", "harbour-tram", "premoderated", *why)
    assert (done.exit_code, done.output) == (0, "harbour-tram is premoderated now.\n")
    assert article(app).mode_sentence == "We read first."


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("mode", "none", "open"), 1),
        (("mode", "harbour-tram", "closed"), 1),
        (("mode", "harbour-tram", "ajar"), 2),
        (("mode", "harbour-tram", "open", "--until", "soon"), 2),
        (("add", "tram", "--title", ""), 1),
        (("add", "tram"), 2),
        (("add", "tram", "--title", "T", "--site", "none"), 1),
    ],
)
def test_the_terminal_says_what_is_wrong(app: Flask, words: tuple[str, ...], code: int) -> None:
    run(app, "add", "harbour-tram", "--title", "Trams")
    done = run(app, *words)
    assert done.exit_code == code
    assert "Error: " in done.output
    assert "Traceback" not in done.output
