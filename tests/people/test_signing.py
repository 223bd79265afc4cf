"""Through the doors, as a browser would: sign up, confirm, sign in and out, forgotten password."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import clock
from moderation.database import db
from moderation.outbox.models import Message
from moderation.people import links, passwords, queries
from moderation.people.models import Person, SignIn
from tests import factories, pages
from tests.parts.smtp import Mailbox
from tests.people import mail
from tests.people.ann import ANN, GOOD, add, count, is_signed_in

SIGN_UP = {"name": "Ann", "email": ANN, "password": GOOD}


def test_the_story_of_signing_up(app: Flask, client: FlaskClient, mailbox: Mailbox) -> None:
    (form,) = [form for form in pages.page(client, "/sign-up").forms if "email" in form]
    answer = client.post(form["action"], data={**SIGN_UP, "next": "/articles/harbour"})
    assert answer.status_code == 303
    sent = pages.page(client, answer.location)
    assert "/sign-in?next=/articles/harbour" in sent.links

    letter, *others = mail.delivered(app, mailbox, ANN)
    assert not others
    path = mail.link(letter)
    asked = pages.page(client, path)
    with app.app_context():
        person = db.session.scalars(queries.with_address(ANN)).one()
        assert person.confirmed_at is None, "GET confirms nothing"
    assert "Your password" in asked.text

    wrong = client.post(path, data={"password": "some other words"})
    assert wrong.status_code == 422
    assert "not the password you chose" in pages.read(wrong).text
    confirmed = client.post(path, data={"password": GOOD})
    assert (confirmed.status_code, confirmed.location) == (303, "/")
    assert is_signed_in(client)
    with app.app_context():
        assert db.session.scalars(queries.with_address(ANN)).one().confirmed_at is not None
    assert client.get(path).location == "/sign-in"
    assert client.post(path).location == "/sign-in"


def test_signed_in_the_link_needs_only_the_button(app: Flask, client: FlaskClient) -> None:
    number = add(app, confirmed_at=None)
    factories.sign_in(client, ANN)
    assert "not confirmed yet" in pages.page(client, "/me").text
    with app.app_context():
        path = f"/confirm/{links.confirmation(db.session.get_one(Person, number))}"
    asked = pages.page(client, path)
    assert "Your password" not in asked.text
    assert client.post(path).status_code == 422, "without the token of the form"
    data = {"csrf_token": pages.token(client, path)}
    assert client.post(path, data=data).status_code == 303
    assert "not confirmed yet" not in pages.page(client, "/me").text


def test_the_link_can_be_sent_again_once_an_hour(app: Flask, client: FlaskClient) -> None:
    add(app, confirmed_at=None)
    factories.sign_in(client, ANN)
    data = {"csrf_token": pages.token(client, "/me")}
    assert client.post("/me/confirmation", data=data).status_code == 303
    again = client.post("/me/confirmation", data=data)
    assert again.status_code == 429
    assert 3500 < int(again.headers["Retry-After"]) <= 3600
    assert "less than an hour ago" in pages.read(again).text
    assert count(app, Message) == 1


def test_known_and_unknown_addresses_are_answered_alike(
    app: Flask, client: FlaskClient, mailbox: Mailbox
) -> None:
    add(app)
    answers = []
    for email in (ANN, "new@example.org"):
        signed_up = client.post("/sign-up", data={**SIGN_UP, "email": email})
        forgotten = client.post("/forgotten-password", data={"email": email})
        wrong = client.post("/sign-in", data={"email": email, "password": "not the password"})
        bodies = [answer.text.replace(email, "…") for answer in (signed_up, forgotten, wrong)]
        assert [signed_up.status_code, forgotten.status_code, wrong.status_code] == [303, 303, 422]
        headers = [sorted(answer.headers.keys()) for answer in (signed_up, forgotten, wrong)]
        assert "Set-Cookie" not in signed_up.headers
        answers.append((bodies, headers, signed_up.location, forgotten.location))
        pages.page(client, signed_up.location)
        pages.page(client, forgotten.location)
    assert answers[0] == answers[1]
    told = mail.delivered(app, mailbox, ANN)
    assert "has an account already" in told[0]
    with app.app_context():
        assert passwords.matches(
            db.session.scalars(queries.with_address(ANN)).one().password_hash, factories.PASSWORD
        )


def test_what_was_typed_comes_back_except_the_password(client: FlaskClient) -> None:
    answer = client.post("/sign-up", data={"name": "Ann", "email": "ann@", "password": GOOD})
    assert answer.status_code == 422
    page = pages.read(answer)
    (form,) = [form for form in page.forms if "email" in form]
    assert (form["name"], form["email"]) == ("Ann", "ann@")
    assert GOOD not in page.text
    assert "Check it for slips" in page.text


def test_signing_in_leads_back_and_signing_out_ends_it(app: Flask, client: FlaskClient) -> None:
    add(app)
    asked = client.get("/me")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/me")
    (form,) = [form for form in pages.page(client, asked.location).forms if "email" in form]
    assert form["next"] == "/me"
    data = {"email": " ANN@example.org ", "password": factories.PASSWORD, "next": form["next"]}
    answer = client.post("/sign-in", data=data)
    assert (answer.status_code, answer.location) == (303, "/me")
    cookie = answer.headers["Set-Cookie"]
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert attribute in cookie
    assert client.get("/sign-in?next=/me").location == "/me"

    assert client.post("/sign-out").status_code == 403, "without the token of the form"
    token = pages.token(client, "/me")
    stolen = client.get_cookie("session")
    assert stolen is not None
    out = client.post("/sign-out", data={"csrf_token": token})
    assert (out.status_code, out.location) == (303, "/")
    assert not is_signed_in(client)
    client.set_cookie("session", stolen.value)
    assert not is_signed_in(client), "the row counts, not the cookie"
    assert client.post("/sign-out").status_code == 303, "twice is no error"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
     "/\t/evil.example", "javascript:alert(1)", "evil.example", "///evil.example", "/a\r\nX: y",
     "http:/evil.example", " //evil.example", "/%0d%0aSet-Cookie:x=1\n"],
)  # fmt: skip
def test_nobody_is_led_off_the_site(app: Flask, client: FlaskClient, target: str) -> None:
    add(app)
    data = {"email": ANN, "password": factories.PASSWORD, "next": target}
    for answer in (
        client.post("/sign-in", data=data),
        client.get("/sign-in", query_string={"next": target}),
    ):
        assert answer.location.startswith("/")
        assert "evil" not in answer.location
        assert "\n" not in answer.location


def test_a_cookie_planted_before_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    add(app)
    with client.session_transaction() as session:
        session["sign_in"] = "chosen by a stranger"
        session["planted"] = "x"
    factories.sign_in(client, ANN)
    with client.session_transaction() as session:
        assert session["sign_in"] != "chosen by a stranger"
        assert "planted" not in session


def test_another_person_in_the_same_browser_ends_the_first_session(
    app: Flask, client: FlaskClient
) -> None:
    add(app)
    add(app, "bob@example.org")
    factories.sign_in(client, ANN)
    data = {"email": "bob@example.org", "password": factories.PASSWORD}
    data["csrf_token"] = pages.token(client, "/me")
    assert client.post("/sign-in", data=data).status_code == 303
    with app.app_context():
        assert [bool(row.revoked_at) for row in db.session.scalars(
            select(SignIn).order_by(SignIn.id))] == [True, False]  # fmt: skip


def test_failed_tries_are_counted_and_then_refused(app: Flask, client: FlaskClient) -> None:
    add(app)
    wrong = {"email": ANN, "password": "not the password"}
    with time_machine.travel(clock.now(), tick=False) as travel:
        for _ in range(10):
            assert client.post("/sign-in", data=wrong).status_code == 422
        right = {"email": ANN, "password": factories.PASSWORD}
        refused = client.post("/sign-in", data=right)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "600"
        assert "Wait 10 minutes" in pages.read(refused).text
        elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
        assert client.post("/sign-in", data=right, environ_base=elsewhere).status_code == 303
        travel.shift(timedelta(minutes=11))
        assert app.test_client().post("/sign-in", data=right).status_code == 303


def test_tries_at_many_addresses_from_one_network_are_refused(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.people.sessions.TRIES_PER_NETWORK", "5 per 10 minutes")

    def tried(number: int, address: str) -> int:
        wrong = {"email": f"reader{number}@example.org", "password": "not the password"}
        at = {"REMOTE_ADDR": address}
        return client.post("/sign-in", data=wrong, environ_base=at).status_code

    assert [tried(number, f"203.0.113.{number}") for number in range(6)] == [422] * 5 + [429]
    assert tried(7, "2001:db8::1") == 422


def test_who_signs_in_often_is_not_refused(app: Flask) -> None:
    add(app)
    for _ in range(12):
        factories.sign_in(app.test_client(), ANN)


def test_sign_ups_from_one_network_are_limited(app: Flask, client: FlaskClient) -> None:
    for number in range(20):
        data = {**SIGN_UP, "email": f"reader{number}@example.org"}
        assert client.post("/sign-up", data=data).status_code == 303
    assert client.post("/sign-up", data=SIGN_UP).status_code == 429
    assert count(app, Person) == 20
