"""Slow mode as readers and leads see it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.articles.models import Article
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.heat import service as heat
from tests import factories, pages

NOON = datetime(2031, 5, 3, 12, tzinfo=UTC)
THERE = "/articles/harbour-tram"


@pytest.fixture
def hot(app: Flask) -> None:
    """An article that became hot at noon."""
    with app.app_context(), clock.at(NOON):
        factories.site().stored_settings = {
            "screening": {"heat": {"is_on": True, "comments": 1, "seconds_between": 90}}
        }
        article = factories.article(slug="harbour-tram")
        factories.comment(on=article)
        db.session.commit()
        heat.measure(article, factories.site(), NOON)
        db.session.commit()


def send(client: FlaskClient, body: str) -> tuple[int, str, str]:
    form = {"csrf_token": pages.token(client, THERE), "submission": body[:3], "body": body}
    answer = client.post(f"{THERE}/comments", data=form)
    return answer.status_code, answer.text, answer.headers.get("Retry-After", "")


@pytest.mark.usefixtures("hot")
def test_the_shared_page_says_so_and_stops_saying_so_by_itself(client: FlaskClient) -> None:
    with clock.at(NOON + timedelta(minutes=1)):
        first = client.get(THERE)
        assert "one comment in 90 seconds" in first.text
        assert "3 May 2031, 13:00 UTC" in first.text
        known = {"If-None-Match": first.headers["ETag"]}
        assert client.get(THERE, headers=known).status_code == 304
    with clock.at(NOON + timedelta(minutes=60)):
        later = client.get(THERE, headers=known)
        assert later.status_code == 200
        assert "slow-mode" not in later.text


@pytest.mark.usefixtures("hot")
def test_whoever_is_too_fast_keeps_the_words(app: Flask) -> None:
    # a sign-in of another year would have run out
    reader = factories.signed_in(app)
    with app.app_context():
        article = db.session.execute(db.select(Article)).scalar_one()
        article.heat_until = clock.now() + timedelta(hours=1)
        db.session.commit()
    assert send(reader, "one and only")[0] == 303
    status, text, wait = send(reader, "second <thoughts>")
    assert status == 429
    assert "everybody may write one comment in 90 seconds" in text
    assert "second &lt;thoughts&gt;" in text
    assert 0 < int(wait) <= 90


def test_a_lead_sees_the_numbers_and_takes_it_back(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.site().stored_settings = {
            "screening": {"heat": {"is_on": True, "comments": 2, "seconds_between": 90}}
        }
        article = factories.article(slug="harbour-tram")
        for _ in range(2):
            factories.comment(on=article)
        heat.measure(article, factories.site(), clock.now())
        db.session.commit()
    lead = factories.signed_in(app, Role.LEAD)
    page = pages.page(lead, f"{THERE}/mode")
    assert "2 comments, 0 of them at risk" in page.text
    assert "one comment in 90 seconds" in page.text
    form = {"csrf_token": pages.token(lead, f"{THERE}/mode")}
    assert lead.post(f"{THERE}/cool", data=form).status_code == 303
    assert "A lead took it back" in pages.page(lead, f"{THERE}/mode").text
    assert "slow-mode" not in client.get(THERE).text
    assert lead.post(f"{THERE}/cool", data=form).status_code == 303
    assert "it is over already" in pages.page(lead, f"{THERE}/mode").text


@pytest.mark.usefixtures("hot")
def test_nobody_else_takes_it_back(app: Flask) -> None:
    for role in (Role.COMMENTER, Role.MODERATOR, Role.LAWYER):
        client = factories.signed_in(app, role)
        form = {"csrf_token": pages.token(client, "/me")}
        assert client.post(f"{THERE}/cool", data=form).status_code == 403


def test_the_numbers_show_although_heat_is_off(app: Flask) -> None:
    with app.app_context():
        factories.article(slug="harbour-tram")
        db.session.commit()
    lead = factories.signed_in(app, Role.LEAD)
    page = pages.page(lead, f"{THERE}/mode")
    assert "0 comments, 0 of them at risk, and 0 reports." in " ".join(page.text.split())
    assert "Nothing happens by itself" in page.text
