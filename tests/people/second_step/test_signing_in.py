"""Password, then the code; or a recovery code; and not by way of the mail."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import clock
from moderation.database import db
from moderation.events.models import Event
from moderation.people import links
from moderation.people.models import SignIn
from moderation.people.roles import Role
from tests import factories, pages
from tests.parts.smtp import Mailbox
from tests.people import ann, mail
from tests.people.second_step import phone
from tests.people.second_step.phone import MO, PAGE

GOOD = "plum jam on Tuesdays"


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.LAWYER, Role.ADMIN])
def test_password_then_code_and_on_to_where_one_wanted(
    app: Flask, client: FlaskClient, role: Role
) -> None:
    mine = phone.somebody(app, role)
    phone.password(client, next="/review")
    asked = pages.page(client, PAGE)
    assert 'autocomplete="one-time-code"' in asked.text
    assert 'inputmode="numeric"' in asked.text
    code = mine.shows()
    answer = phone.send(client, f"{code[:3]} {code[3:]}")
    assert (answer.status_code, answer.location) == (303, "/review")
    assert client.get("/review").status_code == 200
    with app.app_context():
        assert db.session.scalars(select(SignIn.steps)).all() == [2]
    assert client.get(PAGE).location == "/", "there is nothing to ask any more"


def test_a_phone_a_little_fast_or_slow_is_fine_and_not_more(app: Flask) -> None:
    mine = phone.somebody(app)
    with time_machine.travel(clock.now(), tick=False) as travel:
        for ahead, status in ((-2, 422), (2, 422), (-1, 303), (1, 303)):
            client = app.test_client()
            phone.password(client)
            assert phone.send(client, mine.shows(ahead)).status_code == status, ahead
        travel.shift(timedelta(minutes=1))


def test_a_recovery_code_opens_once_and_is_told_by_mail(
    app: Flask, client: FlaskClient, mailbox: Mailbox
) -> None:
    mine = phone.somebody(app)
    phone.password(client, next="/me")
    page = f"{PAGE}?recovery=1"
    assert page in pages.page(client, PAGE).links
    asked = pages.page(client, page)
    assert "inputmode" not in asked.text
    typed = mine.recovery_codes[3].upper().replace("-", " ")
    answer = phone.send(client, typed, page)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert "9 are left" in pages.page(client, "/me").text
    (letter,) = mail.delivered(app, mailbox, MO)
    assert "recovery code" in letter
    assert "9 are left" in letter
    assert mine.recovery_codes[3] not in letter
    with app.app_context():
        (event,) = db.session.scalars(select(Event).where(Event.kind == "recovery-code-used"))
        assert event.facts == {"person_id": str(phone.row().id), "left": 9}

    again = app.test_client()
    phone.password(again)
    assert phone.send(again, mine.recovery_codes[3]).status_code == 422
    assert phone.send(again, mine.recovery_codes[4]).status_code == 303, "the plain page takes it"


def test_the_last_recovery_code_says_so(app: Flask, client: FlaskClient) -> None:
    mine = phone.somebody(app)
    for code in mine.recovery_codes[:-2]:
        phone.sign_in(app, code)
    assert "One is left" in pages.page(phone.sign_in(app, mine.recovery_codes[8]), "/me").text
    last = phone.sign_in(app, mine.recovery_codes[9])
    assert "your last one" in pages.page(last, "/me").text
    assert "No code is left" in pages.page(last, "/me/second-step").text


def test_wrong_codes_are_told_in_sentences_and_what_was_typed_stays(
    app: Flask, client: FlaskClient
) -> None:
    mine = phone.somebody(app)
    phone.password(client)
    for typed, says in (
        ("", "Enter a code."),
        (mine.wrong(), "This code is not right."),
        ("abcd-efgh-jkmn-pqrs", "none of your recovery codes"),
        ("x" * 10_000, "none of your recovery codes"),
    ):
        refused = phone.send(client, typed)
        assert refused.status_code == 422
        page = pages.read(refused)
        assert says in page.text
        assert [form["code"] for form in page.forms if "code" in form] == [typed]
    assert phone.send(client, mine.shows()).status_code == 303


def test_ten_minutes_later_it_starts_again_and_leads_to_the_same_place(
    app: Flask, client: FlaskClient
) -> None:
    mine = phone.somebody(app)
    phone.password(client, next="/review")
    token = pages.token(client, PAGE)
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False):
        data = {"csrf_token": token, "code": mine.shows()}
        late = client.post(PAGE, data=data)
        assert (late.status_code, late.location) == (303, "/sign-in?next=/review")
        assert "within ten minutes" in pages.page(client, late.location).text
        assert not phone.is_in(client)


def test_a_new_password_by_mail_does_not_go_round_it(app: Flask, client: FlaskClient) -> None:
    mine = phone.somebody(app)
    with app.app_context():
        path = f"/new-password/{links.new_password(phone.row())}"
    assert client.post(path, data={"new_password": GOOD}).location == "/sign-in"
    assert not phone.is_in(client)
    phone.password(client, password=GOOD)
    assert not phone.is_in(client)
    assert phone.send(client, mine.shows()).status_code == 303


def test_a_link_that_confirms_the_address_does_not_either(app: Flask, client: FlaskClient) -> None:
    mine = phone.somebody(app)
    with app.app_context():
        phone.row().confirmed_at = None
        path = f"/confirm/{links.confirmation(phone.row())}"
        db.session.commit()
    answer = client.post(path, data={"password": factories.PASSWORD})
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert not phone.is_in(client)
    assert phone.send(client, mine.shows()).status_code == 303


def test_who_has_none_signs_in_as_before(app: Flask, client: FlaskClient) -> None:
    ann.add(app, MO, role=Role.MODERATOR)
    data = {"email": MO, "password": factories.PASSWORD, "next": "/review"}
    assert client.post("/sign-in", data=data).location == "/review"
    assert client.get("/review").status_code == 200


def test_many_codes_in_a_row_are_no_reason_to_refuse(app: Flask) -> None:
    mine = phone.somebody(app)
    with time_machine.travel(clock.now(), tick=False) as travel:
        for _ in range(8):
            phone.sign_in(app, mine.shows())
            travel.shift(timedelta(seconds=30))


def test_with_another_key_no_phone_fits_and_recovery_codes_still_do(app: Flask) -> None:
    mine = phone.somebody(app)
    app.config["SECRET_KEY"] = "another key for tests " * 3
    client = app.test_client()
    phone.password(client)
    assert phone.send(client, mine.shows()).status_code == 422
    assert phone.send(client, mine.recovery_codes[0]).status_code == 303
