"""The page of the publisher's checker: who may set what, the secret, and trying it."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import clock
from moderation.cases.verdicts import StoredVerdict
from moderation.database import db
from moderation.events.models import Event
from moderation.people.roles import Role
from moderation.screening.remote.models import RemoteChecker
from tests import factories, pages
from tests.screening.remote.checker import answers, closes, listening, says, signed_by
from tests.screening.remote.site import handed_in, with_checker

HERE = "/rules/remote"


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return factories.signed_in(app, Role.ADMIN)


def send(client: FlaskClient, to: str = "", **typed: str) -> tuple[int, str]:
    answer = client.post(HERE + to, data={"csrf_token": pages.token(client, HERE), **typed})
    return answer.status_code, html.unescape(answer.text)


def shown_secret(client: FlaskClient) -> str:
    status, text = send(client, "/secret/shown")
    assert status == 201
    found = re.search(r"whsec_[\w+/=]+", text)
    assert found
    return found.group()


def test_an_admin_says_where_it_is(app: Flask, admin: FlaskClient) -> None:
    assert "there is no address yet" in pages.page(admin, HERE).text
    typed = {"url": "https://check.example/comments", "limit_ms": "250"}
    assert send(admin, "/address", **typed)[0] == 303
    page = pages.page(admin, HERE)
    assert 'value="https://check.example/comments"' in page.text
    assert "It is <b>off</b>" in page.text
    with app.app_context():
        assert "remote-checker-changed" in db.session.scalars(select(Event.kind)).all()
    assert send(admin, "/address", url="", limit_ms="250")[0] == 303
    assert "there is no address yet" in pages.page(admin, HERE).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("url", "limit_ms", "sentence"),
    [
        ("http://check.example/", "300", "must begin with https://"),
        ("https://10.0.0.1/", "300", "lies in a private network"),
        ("check.example", "300", "This is no web address"),
        ("https://check.example/", "2001", "between 50 and 2,000 ms"),
        ("https://check.example/", "", "Write a number of milliseconds"),
        ("https://check.example/", "soon", "valid integer"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_stays_typed(
    app: Flask, admin: FlaskClient, url: str, limit_ms: str, sentence: str
) -> None:
    status, text = send(admin, "/address", url=url, limit_ms=limit_ms)
    assert status == 422
    assert sentence in text
    assert f'value="{url}"' in text
    with app.app_context():
        assert db.session.scalar(select(RemoteChecker)) is None


def test_the_secret_is_shown_once_and_signs(app: Flask, admin: FlaskClient) -> None:
    with listening(says()) as checker:
        app.config["OUTGOING_PRIVATE"] = True
        assert send(admin, "/address", url=checker.url, limit_ms="1000")[0] == 303
        assert "Show it once" in pages.page(admin, HERE).text
        secret = shown_secret(admin)
        assert send(admin, "/secret/shown")[0] == 404
        assert "Show it once" not in pages.page(admin, HERE).text
        send(admin, "/try")
        assert signed_by(secret, checker.asked[0])
    with app.app_context():
        row = db.session.execute(select(RemoteChecker)).scalar_one()
        stored = str([getattr(row, column.name) for column in RemoteChecker.__table__.columns])
        assert secret.removeprefix("whsec_") not in stored
        assert secret not in str(db.session.scalars(select(Event.facts)).all())


def test_a_new_secret_and_the_one_before_are_good_for_a_day(app: Flask, admin: FlaskClient) -> None:
    with listening(says()) as checker:
        old = with_checker(app, checker.url)
        assert send(admin, "/secret")[0] == 303
        new = shown_secret(admin)
        assert new != old
        assert "The one before is good until" in pages.page(admin, HERE).text
        send(admin, "/try")
        with clock.at(clock.now() + timedelta(hours=25)):
            handed_in(app)
        first, later = checker.asked
        assert signed_by(new, first)
        assert signed_by(old, first)
        assert signed_by(new, later)
        assert not signed_by(old, later)


def test_another_admin_does_not_see_it(app: Flask, admin: FlaskClient) -> None:
    assert send(admin, "/address", url="https://check.example/", limit_ms="300")[0] == 303
    other = factories.signed_in(app, Role.ADMIN)
    assert send(other, "/secret/shown")[0] == 404
    assert shown_secret(admin)


def test_a_lead_says_what_follows_when_it_fails_and_no_more(app: Flask) -> None:
    lead = factories.signed_in(app, Role.LEAD)
    with_checker(app, "https://check.example/comments")
    page = pages.page(lead, HERE)
    assert "An admin can change that" in page.text
    assert "secret" not in page.text
    assert send(lead, fails="closed")[0] == 303
    with app.app_context():
        assert factories.site().settings.screening["closed"] == ["remote"]
    assert send(lead, fails="ajar")[0] == 422
    assert send(lead, fails="open")[0] == 303
    with app.app_context():
        assert "closed" not in factories.site().settings.screening
    for path in ("/address", "/secret", "/secret/shown"):
        assert send(lead, path)[0] == 403


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_trying_it_says_what_it_answered(app: Flask) -> None:
    lead = factories.signed_in(app, Role.LEAD)

    def tried() -> str:
        assert send(lead, "/try")[0] == 303
        return html.unescape(pages.page(lead, HERE).text)

    assert "There is no address to ask yet." in html.unescape(
        lead.post(
            f"{HERE}/try", data={"csrf_token": pages.token(lead, HERE)}, follow_redirects=True
        ).text
    )
    verdict = {"clause": "abuse", "score": 0.93, "why": ["<b>It</b> insults."]}
    with listening(says(verdict, {"clause": "rudeness", "score": 1})) as checker:
        with_checker(app, checker.url, mode="off")
        said = tried()
        assert "It answered in" in said
        assert "with 2 verdicts." in said
        assert "0.93 under “abuse”: <b>It</b> insults." in said
        assert "which the policy does not have" in said
        checker.reply = answers(202)
        assert "It will answer later" in tried()
        checker.reply = closes
        assert "It did not work. The connection broke" in tried()
    assert "It did not work. Nobody listens at this address." in tried()
    with app.app_context():
        assert db.session.scalar(select(StoredVerdict)) is None
