"""On the account page: set up, another phone, recovery codes, off."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from moderation import clock
from moderation.database import Base, db
from moderation.events.models import Event
from moderation.people.roles import Role
from tests import factories, pages
from tests.parts.smtp import Mailbox
from tests.people import ann, mail
from tests.people.second_step import phone
from tests.people.second_step.phone import MO, Phone

SET_UP = "/me/second-step/set-up"
SHOWN = "/me/second-step/recovery-codes"
HALF_A_MINUTE = timedelta(seconds=30)


def scanned(client: FlaskClient) -> Phone:
    """A phone that was told the secret on the page."""
    found = re.search(r'<code class="secret".*?</code>', pages.page(client, SET_UP).text, re.DOTALL)
    assert found
    secret = "".join(re.findall(r"<span>(\w{4})</span>", found[0]))
    assert len(secret) == 32
    return Phone(secret)


def filled_in(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    data = {"csrf_token": pages.token(client, path), "password": factories.PASSWORD, **typed}
    return client.post(path, data=data)


def recovery_codes(client: FlaskClient) -> list[str]:
    shown = re.findall(r'<code class="secret">([\w-]+)</code>', pages.page(client, SHOWN).text)
    assert len(shown) == 10
    return shown


def kinds(app: Flask) -> list[str]:
    about = ("second-step-", "recovery-")
    with app.app_context():
        found = db.session.scalars(select(Event.kind).order_by(Event.id))
        return [kind for kind in found if kind.startswith(about)]


def test_the_story_of_setting_up(app: Flask, client: FlaskClient, mailbox: Mailbox) -> None:
    ann.add(app, MO, role=Role.MODERATOR)
    factories.sign_in(client, MO)
    elsewhere = app.test_client()
    factories.sign_in(elsewhere, MO)
    assert SET_UP in pages.page(client, "/me").links
    assert client.get("/me/second-step").location == SET_UP
    mine = scanned(client)
    assert mine == scanned(client), "loaded again, the page says the same"
    before = client.get_cookie("session")

    done = filled_in(client, SET_UP, new_code=f" {mine.shows()[:3]} {mine.shows()[3:]} ")
    assert (done.status_code, done.location) == (303, SHOWN)
    codes = recovery_codes(client)
    assert recovery_codes(client) == codes, "a page loaded again loses nobody their codes"
    saved = client.get(f"{SHOWN}.txt")
    assert saved.mimetype == "text/plain"
    assert "attachment" in saved.headers["Content-Disposition"]
    assert all(code in saved.text for code in codes)
    kept = client.post(SHOWN, data={"csrf_token": pages.token(client, "/me"), "next": "/review"})
    assert (kept.status_code, kept.location) == (303, "/review")
    for gone in (SHOWN, f"{SHOWN}.txt"):
        assert client.get(gone).location == "/me/second-step"
    assert "10 of 10 are left" in pages.page(client, "/me/second-step").text

    assert not ann.is_signed_in(elsewhere), "sessions from before are over"
    stolen = app.test_client()
    assert before is not None
    stolen.set_cookie("session", before.value)
    assert not ann.is_signed_in(stolen), "and so is this one's old cookie"
    assert kinds(app) == ["second-step-set-up", "recovery-codes-renewed"]
    (letter,) = mail.delivered(app, mailbox, MO)
    assert "needs a code from your phone" in letter


def test_codes_left_on_the_screen_go_by_themselves(app: Flask) -> None:
    client = factories.signed_in(app, Role.LEAD)
    filled_in(client, SET_UP, new_code=scanned(client).shows())
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert client.get(SHOWN).location == "/me/second-step"
        assert "shown only once" in pages.page(client, "/me/second-step").text


def test_the_database_alone_gives_nothing_away(app: Flask) -> None:
    client = factories.signed_in(app, Role.LAWYER)
    mine = scanned(client)
    filled_in(client, SET_UP, new_code=mine.shows())
    secrets = [mine.secret, *recovery_codes(client)]
    secrets += [code.replace("-", "") for code in secrets[1:]]
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
                assert not [secret for secret in secrets if secret in str(row)], table.name


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"new_code": "000000", "password": ""}, "Enter your password."),
        ({"new_code": "000000", "password": "not the password"}, "This is not your password."),
        ({"new_code": ""}, "Enter the code."),
        ({"new_code": "000000"}, "This code is not right."),
        ({"new_code": "x" * 10_000}, "This code is not right."),
    ],
)
def test_mistakes_get_a_sentence_and_the_square_stays(
    app: Flask, typed: dict[str, str], says: str
) -> None:
    client = factories.signed_in(app, Role.MODERATOR)
    mine = scanned(client)
    refused = filled_in(client, SET_UP, **typed)
    assert refused.status_code == 422
    assert says in pages.read(refused).text
    assert scanned(client) == mine
    assert filled_in(client, SET_UP, new_code=mine.shows()).status_code == 303


def test_the_code_that_set_it_up_opens_nothing_more(app: Flask, client: FlaskClient) -> None:
    ann.add(app, MO, role=Role.MODERATOR)
    with time_machine.travel(clock.now(), tick=False) as travel:
        factories.sign_in(client, MO)
        mine = scanned(client)
        filled_in(client, SET_UP, new_code=mine.shows())
        other = app.test_client()
        phone.password(other)
        assert "used already" in phone.send(other, mine.shows()).text
        travel.shift(HALF_A_MINUTE)
        assert phone.send(other, mine.shows()).status_code == 303


def test_another_phone_needs_the_present_one_or_a_recovery_code(app: Flask) -> None:
    old = phone.somebody(app)
    with time_machine.travel(clock.now(), tick=False) as travel:
        client = phone.sign_in(app, old.shows())
        travel.shift(HALF_A_MINUTE)
        new = scanned(client)
        assert filled_in(client, SET_UP, new_code=new.shows()).status_code == 422
        refused = filled_in(client, SET_UP, new_code=new.shows(), code=new.shows())
        assert "This code is not right" in refused.text
        refused = filled_in(client, SET_UP, new_code=old.shows(), code=old.shows())
        assert refused.status_code == 422, "and the good code is not used up by it"
        done = filled_in(client, SET_UP, new_code=new.shows(), code=old.shows())
        assert done.status_code == 303
        fresh = recovery_codes(client)

        travel.shift(HALF_A_MINUTE)
        other = app.test_client()
        phone.password(other)
        assert phone.send(other, old.shows()).status_code == 422
        assert phone.send(other, old.recovery_codes[0]).status_code == 422
        assert phone.send(other, new.shows()).status_code == 303
        third = scanned(other)
        lost = filled_in(other, SET_UP, new_code=third.shows(), code=fresh[0])
        assert lost.status_code == 303


def test_new_recovery_codes_make_the_old_ones_worthless(app: Flask) -> None:
    mine = phone.somebody(app)
    client = phone.sign_in(app, mine.recovery_codes[0])
    assert "9 of 10 are left" in pages.page(client, "/me/second-step").text
    done = filled_in(client, "/me/second-step/renew", code=mine.shows())
    assert (done.status_code, done.location) == (303, SHOWN)
    fresh = recovery_codes(client)
    assert not set(fresh) & set(mine.recovery_codes)
    other = app.test_client()
    phone.password(other)
    assert phone.send(other, mine.recovery_codes[1]).status_code == 422
    assert phone.send(other, fresh[0]).status_code == 303


def test_switched_off_by_password_and_code_only(
    app: Flask, client: FlaskClient, mailbox: Mailbox
) -> None:
    off = "/me/second-step/off"
    mine = phone.somebody(app)
    with time_machine.travel(clock.now(), tick=False) as travel:
        client = phone.sign_in(app, mine.shows())
        travel.shift(HALF_A_MINUTE)
        assert filled_in(client, off, code=mine.wrong()).status_code == 422
        assert filled_in(client, off, code=mine.shows(), password="wrong").status_code == 422
        assert phone.is_in(client)
        done = filled_in(client, off, code=mine.shows())
        assert (done.status_code, done.location) == (303, "/me")
        assert "is switched off" in pages.page(client, "/me").text
        factories.sign_in(app.test_client(), MO)
        with app.app_context():
            kept = phone.row()
            assert (kept.second_step_at, kept.second_step_salt, kept.second_step_used) == (
                None,
                "",
                0,
            )
        assert kinds(app)[-1] == "second-step-switched-off"
        assert "switched off" in mail.delivered(app, mailbox, MO)[-1]


def test_it_is_for_people_who_work_here(app: Flask) -> None:
    reader = factories.signed_in(app)
    assert "second step" not in pages.page(reader, "/me").text
    for path in ("", "/set-up", "/square.svg", "/renew", "/off", "/recovery-codes"):
        answer = reader.get(f"/me/second-step{path}")
        assert answer.status_code == 403
        assert "people who work here" in pages.read(answer).text


def test_without_one_there_is_nothing_to_renew_or_switch_off(app: Flask) -> None:
    client = factories.signed_in(app, Role.MODERATOR)
    token = pages.token(client, "/me")
    for path in ("/me/second-step/renew", "/me/second-step/off"):
        assert client.get(path).status_code == 403
        assert client.post(path, data={"csrf_token": token}).status_code == 403
    assert client.get(SHOWN).status_code == 303
    assert client.get("/me/second-step/square.svg").location == SET_UP
    assert client.post(SET_UP, data={"csrf_token": token}).location == SET_UP


def test_whoever_is_staff_no_longer_keeps_it_and_may_switch_it_off(app: Flask) -> None:
    mine = phone.somebody(app, Role.COMMENTER)
    client = phone.sign_in(app, mine.recovery_codes[0])
    assert "/me/second-step" in pages.page(client, "/me").links
    assert filled_in(client, "/me/second-step/off", code=mine.shows()).status_code == 303
    assert client.get("/me/second-step").status_code == 403
