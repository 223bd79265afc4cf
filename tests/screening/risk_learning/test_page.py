"""The page for leads: what is in use, what was measured, one click either way."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.risk import duty, queries, service
from moderation.screening.risk.model import Model
from moderation.screening.risk.models import LearnedModel, LearningState
from tests import factories, pages
from tests.screening.risk_learning.newsroom import decided, newest, offered, weeks

HERE = "/rules/model"


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return factories.signed_in(app, Role.LEAD)


def send(client: FlaskClient, what: str, model_id: int | str = "") -> tuple[int, str]:
    form = {"csrf_token": pages.token(client, HERE), "model_id": str(model_id)}
    answer = client.post(f"{HERE}/{what}", data=form)
    return answer.status_code, answer.text


def on_offer(app: Flask) -> int:
    with app.app_context():
        found = offered().id
        db.session.commit()
    return found


def version_in_use(app: Flask) -> str:
    with app.app_context():
        return service.model(factories.site()).version


def test_how_far_it_is_from_enough(app: Flask, lead: FlaskClient) -> None:
    with app.app_context():
        decided(weeks(312, every=18))
        db.session.commit()
    said = pages.page(lead, HERE).text
    assert "312 of 500 decisions, 18 of 50 restrictions." in said
    assert f"The shipped model, version {Model.shipped().version}." in said
    assert "Mentions a group: check the context." in said


def test_what_is_offered_is_used_and_left(app: Flask, lead: FlaskClient) -> None:
    model_id = on_offer(app)
    said = pages.page(lead, HERE).text
    assert "is better than the shipped model." in said
    assert "measured with 180 newer ones, 30 of them restrictions." in said
    assert "with 95 % certainty" in said
    assert send(lead, "use", model_id)[0] == 303
    assert version_in_use(app) != Model.shipped().version
    said = pages.page(lead, HERE).text
    assert "What your newsroom taught, version" in said
    assert send(lead, "return", model_id)[0] == 303
    assert version_in_use(app) == Model.shipped().version
    assert "Use it again" in pages.page(lead, HERE).text
    assert send(lead, "use", model_id)[0] == 303
    assert version_in_use(app) != Model.shipped().version


def test_it_learns_in_the_background(app: Flask, lead: FlaskClient) -> None:
    assert send(lead, "learn")[0] == 303
    assert send(lead, "learn")[0] == 303
    said = pages.page(lead, HERE).text
    assert "It begins to learn in a moment." in said
    assert "Learn now" not in said
    with app.app_context():
        duty.learn_waiting(lambda: True)
        assert newest().state is LearningState.TOO_FEW
    said = pages.page(lead, HERE).text
    assert "There were too few decisions to learn from." in said
    assert "Learn now" in said


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_shows_whatever_came_of_it(app: Flask, lead: FlaskClient) -> None:
    model_id = on_offer(app)
    for state in LearningState:
        with app.app_context():
            row = db.session.get_one(LearnedModel, model_id)
            row.state, row.used_at, row.total = state, row.finished_at, 9
            db.session.commit()
        pages.page(lead, HERE)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_in_use_before_an_update_rests(app: Flask, lead: FlaskClient) -> None:
    with app.app_context():
        row = offered()
        row.state, row.used_at, row.base = LearningState.IN_USE, row.finished_at, "0"
        db.session.commit()
    assert "rests until it has learned again" in " ".join(pages.page(lead, HERE).text.split())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_button_about_nothing_is_refused_in_words(app: Flask, lead: FlaskClient) -> None:
    for typed in ("", "x", "-1", str(2**63)):
        status, said = send(lead, "use", typed)
        assert status == 422, typed
        assert "Please look at this again" in said
    status, said = send(lead, "use", 1)
    assert status == 409
    assert "Look again." in said


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_leads_and_admins_come_here(app: Flask) -> None:
    for role, status in ((Role.MODERATOR, 403), (Role.LAWYER, 403), (Role.ADMIN, 200)):
        assert factories.signed_in(app, role).get(HERE).status_code == status


def test_two_leads_at_once(app: Flask, lead: FlaskClient) -> None:
    """Both press the same button at the same moment: what is asked for happens once."""
    model_id = on_offer(app)
    other = factories.signed_in(app, Role.LEAD)
    answers: list[int] = []

    def click(client: FlaskClient, what: str) -> None:
        answers.append(send(client, what, model_id)[0])

    for what in ("use", "learn", "return"):
        both = [threading.Thread(target=click, args=(each, what)) for each in (lead, other)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    assert answers == [303] * 6
    with app.app_context():
        rows = db.session.scalars(queries.of_site(factories.site().id)).all()
        states = sorted(row.state.value for row in rows)
    assert states == ["returned", "waiting"]
