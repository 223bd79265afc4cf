"""STAFF_TWO_STEPS: whoever works here sets it up first; and an admin's help for the lost."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.cli import main
from moderation.database import db
from moderation.errors import Refused
from moderation.events.models import Event
from moderation.people import service as people
from moderation.people.models import SignIn
from moderation.people.roles import Role, has_power
from moderation.people.second_step.models import RecoveryCode
from tests import factories, pages
from tests.conftest import make_app
from tests.parts.smtp import Mailbox
from tests.people import ann, mail
from tests.people.second_step import phone
from tests.people.second_step.phone import MO
from tests.people.second_step.test_setting_up import SET_UP, filled_in, scanned
from tests.test_routes import routes


@pytest.fixture
def must(app: Flask) -> Flask:
    app.config["STAFF_TWO_STEPS"] = "on"
    return app


def test_staff_are_led_to_it_and_then_to_where_they_wanted(
    must: Flask, client: FlaskClient
) -> None:
    ann.add(must, MO, role=Role.MODERATOR)
    data = {"email": MO, "password": factories.PASSWORD, "next": "/review"}
    answer = client.post("/sign-in", data=data)
    assert (answer.status_code, answer.location) == (303, f"{SET_UP}?next=/review")
    led = pages.page(client, answer.location)
    assert "the desk is open to you" in led.text
    assert client.get("/review/log?page=2").location == f"{SET_UP}?next=/review/log?page%3D2"
    refused = client.post("/review/cases/1/decisions")
    assert refused.status_code in (403, 404)
    assert SET_UP in pages.page(client, "/").links
    assert "/review" not in pages.page(client, "/").links

    done = filled_in(client, SET_UP, new_code=scanned(client).shows(), next="/review")
    shown = pages.page(client, done.location)
    (form,) = [form for form in shown.forms if form["action"].endswith("recovery-codes")]
    assert client.post(form["action"], data=form).location == "/review"
    assert client.get("/review").status_code == 200
    assert "/review" in pages.page(client, "/").links


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.LAWYER, Role.ADMIN])
def test_until_then_every_page_of_staff_is_closed(must: Flask, role: Role) -> None:
    client = factories.signed_in(must, role)
    for method, path, roles in routes(must):
        if "sign-out" in path or path == "/me/sessions/revoke":
            continue
        answer = client.open(path, method=method)
        assert answer.status_code < 500, f"{method} {path}"
        if has_power(Role.COMMENTER, *roles):
            continue
        led = answer.status_code == 303 and answer.headers["Location"].startswith(SET_UP)
        assert answer.status_code == 403 or led, f"{method} {path}: {answer.status_code}"
        assert led or method == "POST" or not has_power(role, *roles)


def test_a_role_given_later_falls_under_it(must: Flask, client: FlaskClient) -> None:
    number = ann.add(must, MO)
    factories.sign_in(client, MO)
    assert SET_UP not in pages.page(client, "/").links
    with must.app_context():
        assert phone.row().id == number
        people.change_role(phone.row(), Role.MODERATOR)
        db.session.commit()
    assert client.get("/review").location.startswith(SET_UP)


def test_it_cannot_be_switched_off_then(must: Flask) -> None:
    mine = phone.somebody(must)
    client = phone.sign_in(must, mine.recovery_codes[0])
    assert "/me/second-step/off" not in pages.page(client, "/me/second-step").links
    assert client.get("/me/second-step/off").status_code == 403
    data = {"csrf_token": pages.token(client, "/me"), "password": factories.PASSWORD}
    refused = client.post("/me/second-step/off", data={**data, "code": mine.shows()})
    assert refused.status_code == 403
    assert "another phone" in pages.read(refused).text


def test_readers_notice_nothing(must: Flask, client: FlaskClient) -> None:
    ann.add(must, MO)
    data = {"email": MO, "password": factories.PASSWORD}
    assert client.post("/sign-in", data=data).location == "/"
    assert "second step" not in pages.page(client, "/me").text


@pytest.mark.parametrize(("given", "means"), [("on", "on"), (True, "on"), (False, "off")])
def test_the_setting_is_on_or_off(tmp_path: Path, given: Any, means: str) -> None:
    app = make_app(tmp_path, STAFF_TWO_STEPS=given)
    assert app.config["STAFF_TWO_STEPS"] == means


@pytest.mark.parametrize("given", ["On", "yes", "", 1.5, "of"])
def test_a_slip_in_the_setting_leaves_no_door_open(tmp_path: Path, given: Any) -> None:
    with pytest.raises(Refused, match="STAFF_TWO_STEPS is on or off"):
        make_app(tmp_path, STAFF_TWO_STEPS=given)


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(main, ["person", *words], obj=app)


def test_an_admin_helps_somebody_who_lost_everything(app: Flask, mailbox: Mailbox) -> None:
    mine = phone.somebody(app)
    client = phone.sign_in(app, mine.shows())
    thief = app.test_client()
    phone.password(thief)
    assert [phone.send(thief, mine.wrong()).status_code for _ in range(6)][-1] == 429
    assert "two steps" in run(app, "list").output

    done = run(app, "reset-second-step", MO)
    assert done.exit_code == 0, done.output
    assert "Signed out of 1 device" in done.output
    assert not phone.is_in(client)
    with app.app_context():
        assert phone.row().second_step_at is None
        assert db.session.scalars(select(RecoveryCode)).all() == []
        (event,) = db.session.scalars(select(Event).where(Event.kind == "second-step-reset"))
        assert event.facts == {"person_id": str(phone.row().id)}
        assert all(row.revoked_at for row in db.session.scalars(select(SignIn)))
    assert "an admin took the second step away" in mail.delivered(app, mailbox, MO)[-1]
    factories.sign_in(client, MO)
    filled_in(client, SET_UP, new_code=scanned(client).shows())
    assert "two steps" in run(app, "list").output


def test_there_must_be_something_to_reset(app: Flask) -> None:
    ann.add(app, MO, role=Role.MODERATOR)
    for email, says in ((MO, "has no second step"), ("x@example.org", "Nobody has the address")):
        done = run(app, "reset-second-step", email)
        assert done.exit_code == 1
        assert says in done.output
        assert "Traceback" not in done.output
