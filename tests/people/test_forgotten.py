"""Forgotten passwords, old hashes, links and sessions that end."""

from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.database import db
from moderation.outbox.models import Message
from moderation.people import passwords
from moderation.people.models import Person
from tests import factories, pages
from tests.parts.smtp import Mailbox
from tests.people import mail
from tests.people.ann import ANN, GOOD, add, count, is_signed_in


def test_the_story_of_a_forgotten_password(
    app: Flask, client: FlaskClient, mailbox: Mailbox
) -> None:
    add(app)
    elsewhere = app.test_client()
    factories.sign_in(elsewhere, ANN)
    assert client.post("/forgotten-password", data={"email": ANN}).status_code == 303
    (letter,) = mail.delivered(app, mailbox, ANN)
    path = mail.link(letter)
    pages.page(client, path)
    weak = client.post(path, data={"new_password": f"{ANN} 1"})
    assert weak.status_code == 422
    assert "is in this password" in pages.read(weak).text

    answer = client.post(path, data={"new_password": GOOD})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "new password is set" in pages.page(client, "/sign-in").text
    assert not is_signed_in(elsewhere)
    factories.sign_in(client, ANN, GOOD)
    assert "was changed on" in mail.delivered(app, mailbox, ANN)[1]

    again = client.post(path, data={"new_password": "yet another secret"})
    assert again.status_code == 400
    assert "no longer good" in pages.read(again).text
    assert client.get(path).status_code == 400


def test_links_for_a_new_password_are_limited(app: Flask, client: FlaskClient) -> None:
    add(app)
    for email in (ANN, "nobody@example.org"):
        answers = [client.post("/forgotten-password", data={"email": email}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert count(app, Message) == 3


def test_an_old_hash_is_renewed_on_signing_in(app: Flask, client: FlaskClient) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD)
    number = add(app, password_hash=old)
    factories.sign_in(client, ANN, GOOD)
    with app.app_context():
        kept = db.session.get_one(Person, number).password_hash
    assert kept != old
    assert not passwords.is_outdated(kept)
    factories.sign_in(app.test_client(), ANN, GOOD)


def test_another_websites_form_is_refused(app: Flask, client: FlaskClient) -> None:
    add(app)
    data = {"email": ANN, "password": factories.PASSWORD}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/sign-in", data=data, headers=headers).status_code == 403
        assert not is_signed_in(client)


def test_a_session_ends_after_thirty_days(app: Flask, client: FlaskClient) -> None:
    add(app)
    factories.sign_in(client, ANN)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path", ["/confirm/x", "/new-password/x", "/confirm/%00", "/new-password/é"]
)
def test_a_broken_link_says_so(client: FlaskClient, path: str) -> None:
    for answer in (client.get(path), client.post(path, data={"new_password": GOOD})):
        assert answer.status_code in (400, 422)
        pages.read(answer)
