"""Mail or Redis is out of order: the desk and /healthz say so, and nobody else notices."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.database import db
from moderation.outbox import delivery, mail
from moderation.outbox.models import Message
from moderation.people import throttle
from moderation.people.roles import Role
from tests import factories, pages
from tests.parts.smtp import Mailbox
from tests.statements import counted

AGO = timedelta(minutes=20)


def post(app: Flask, count: int) -> None:
    with app.app_context(), clock.at(clock.now() - AGO):
        for number in range(count):
            db.session.add(
                Message(key=f"k{number}", to=f"r{number}@example.org", subject="s", body="b")
            )
        db.session.commit()


def desk(app: Flask) -> str:
    return pages.page(factories.signed_in(app, Role.MODERATOR), "/review").text


def test_where_all_is_well_nothing_is_said(app: Flask, client: FlaskClient) -> None:
    post(app, 1)
    with app.app_context():
        delivery.deliver()  # into the folder
    assert client.get("/healthz").text == "ok\n"
    assert "does not leave" not in desk(app)


def test_letters_that_do_not_leave_are_told(
    app: Flask, client: FlaskClient, free_port: int, mailbox: Mailbox
) -> None:
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{free_port}"
    post(app, 2)
    with app.app_context(), pytest.raises(mail.ServerDown):
        delivery.deliver()
    health = client.get("/healthz")
    assert health.status_code == 200
    assert "mail: 2 letters wait, the oldest since 20" in health.text
    assert client.get("/readyz").text == "ready\n"
    assert "does not leave" in desk(app)
    assert "2 letters wait" in desk(app)

    app.config["SMTP_URL"] = mailbox.url
    with app.app_context():
        assert delivery.deliver().sent == 2
    assert client.get("/healthz").text == "ok\n"
    assert "does not leave" not in desk(app)


@pytest.mark.parametrize(("letters", "is_told"), [(2, False), (3, True)])
def test_one_full_mailbox_is_not_the_servers_trouble(
    app: Flask, client: FlaskClient, mailbox: Mailbox, letters: int, is_told: bool
) -> None:
    app.config["SMTP_URL"] = mailbox.url
    mailbox.refusal = "452 The mailbox is full"
    post(app, letters)
    with app.app_context():
        assert delivery.deliver().later == letters
    assert ("mail: " in client.get("/healthz").text) is is_told


def test_a_redis_that_is_away_is_told(app: Flask, client: FlaskClient, free_port: int) -> None:
    app.config["REDIS_URL"] = f"redis://127.0.0.1:{free_port}"
    throttle.init_app(app)
    health = client.get("/healthz")
    assert health.status_code == 200
    assert health.text == "ok\nredis: does not answer; limits are counted in the database\n"
    assert client.get("/readyz").text == "ready\n"
    with app.app_context():
        throttle.hit("somebody", "5/minute", "Wait {wait}.")
        db.session.commit()
    assert "limits are counted in the database" in desk(app)


def test_the_desk_pays_one_query_for_it(app: Flask) -> None:
    post(app, 5)
    moderator = factories.signed_in(app, Role.MODERATOR)
    with counted(app) as asked:
        assert "5 letters wait" in pages.page(moderator, "/review").text
    assert sum("FROM message" in statement for statement, _ in asked) == 1
