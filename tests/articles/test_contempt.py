"""What may not be said under an article while a court sits: a lead's list, and what it does."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.articles import checks, service
from moderation.cases.models import LANE_LEGAL
from moderation.cli import main
from moderation.comments.status import Status
from moderation.database import db
from moderation.errors import Refused
from moderation.events.models import Event
from moderation.intake import service as intake
from moderation.people.roles import Role
from tests import factories, pages

HERE = "/articles/harbour-trial/contempt"


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    with app.app_context():
        factories.article(slug="harbour-trial")
        db.session.commit()
    return factories.signed_in(app, Role.LEAD)


def send(client: FlaskClient, terms: str, **more: str) -> TestResponse:
    form = next(form for form in pages.page(client, HERE).forms if form["action"] == HERE)
    data = {"csrf_token": form["csrf_token"], "seen": form["seen"], "terms": terms, **more}
    return client.post(HERE, data=data)


def kept(app: Flask) -> list[str] | None:
    with app.app_context():
        return service.find(factories.site(), "harbour-trial").contempt_terms


def test_a_lead_keeps_terms_and_what_says_them_waits_in_the_legal_lane(
    app: Flask, lead: FlaskClient
) -> None:
    with app.app_context():
        article = service.find(factories.site(), "harbour-trial")
        before = factories.comment("It was Ada Miller.", on=article).id
        db.session.commit()
    answer = send(lead, "Ada  Miller\n\nwitness b*\nAda Miller\n")
    assert (answer.status_code, answer.location) == (303, HERE)
    assert kept(app) == ["Ada Miller", "witness b*"]
    page = pages.page(lead, HERE)
    assert "2 terms are looked for in every comment from now on." in page.text
    assert "Ada Miller\nwitness b*</textarea>" in page.text
    with app.app_context():
        article = service.find(factories.site(), "harbour-trial")
        held = intake.hand_in(article, author=factories.person(), body="It was Ada M1ll3r")
        assert held.status is Status.PENDING
        assert factories.case_of(held).lane == LANE_LEGAL
        fine = intake.hand_in(article, author=factories.person(), body="The miller of Ada.")
        assert fine.status is Status.PUBLISHED
        assert db.session.get_one(type(fine), before).status is Status.PUBLISHED
        kinds = list(db.session.scalars(select(Event.kind)))
        assert kinds.count("contempt-terms-changed") == 1


def test_readers_never_see_the_list(app: Flask, lead: FlaskClient) -> None:
    send(lead, "Ada Miller")
    assert HERE in pages.page(lead, "/articles/harbour-trial").links
    for client in (app.test_client(), factories.signed_in(app), lead):
        assert "Ada" not in pages.page(client, "/articles/harbour-trial").text
    for role in (Role.COMMENTER, Role.MODERATOR, Role.LAWYER):
        assert factories.signed_in(app, role).get(HERE).status_code == 403


def test_two_leads_at_once_and_nothing_typed_is_lost(app: Flask, lead: FlaskClient) -> None:
    form = next(form for form in pages.page(lead, HERE).forms if form["action"] == HERE)
    assert send(factories.signed_in(app, Role.LEAD), "Ada Miller").status_code == 303
    answer = lead.post(HERE, data={**form, "terms": "witness b"})
    assert answer.status_code == 409
    read = pages.read(answer)
    assert "Somebody changed these terms meanwhile" in read.text
    assert "witness b</textarea>" in read.text
    assert kept(app) == ["Ada Miller"]
    again = next(form for form in read.forms if form["action"] == HERE)
    assert lead.post(HERE, data={**again, "terms": "witness b"}).status_code == 303
    assert kept(app) == ["witness b"]


def test_an_empty_list_ends_it(app: Flask, lead: FlaskClient) -> None:
    send(lead, "Ada Miller")
    assert send(lead, " \n ").status_code == 303
    assert kept(app) is None
    assert "The list is empty" in pages.page(lead, HERE).text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["Ada Miller", "x"], "Line 2, “x”: too short"),
        (["a*"], "too short"),
        (["..."], "too short"),
        (["wit*ness"], "a * stands only once, at the end"),
        (["y" * 101], "at most 100 characters"),
        ([f"name {n}" for n in range(101)], "at most 100 terms; these are 101"),
    ],
)
def test_terms_that_cannot_be(lines: list[str], sentence: str) -> None:
    with pytest.raises(Refused) as told:
        checks.checked_terms(lines)
    assert sentence in told.value.sentence


def test_what_is_refused_stays_typed(app: Flask, lead: FlaskClient) -> None:
    answer = send(lead, "Ada Miller\n*")
    assert answer.status_code == 422
    assert "Line 2, “*”: too short" in pages.read(answer).text
    assert "Ada Miller\n*</textarea>" in answer.text
    assert kept(app) is None


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(main, ["article", "contempt", "harbour-trial", *words], obj=app)


@pytest.mark.usefixtures("lead")
def test_in_the_terminal(app: Flask) -> None:
    assert run(app).output == "No terms are kept with this article.\n"
    assert run(app, "--term", "Ada Miller", "--term", "witness b*").exit_code == 0
    assert run(app).output == "Ada Miller\nwitness b*\n"
    refused = run(app, "--term", "*")
    assert (refused.exit_code, refused.output.startswith("Error: Line 1")) == (1, True)
    assert run(app, "--none").output == "No terms are kept with this article.\n"
