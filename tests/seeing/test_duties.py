"""What the worker does is counted, and its lines say which duty and which turn."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from moderation import logs, worker
from moderation.database import db, only_reading
from moderation.outbox.models import Message
from tests.parts.smtp import Mailbox
from tests.seeing.looking import grown, lines, numbers, value


def turn(app: Flask, duty: worker.Duty) -> bool:
    """One turn, in a thread of its own as the worker has it; whether it went well."""
    went: list[bool] = []
    thread = threading.Thread(
        target=lambda: went.append(not worker._fails(app, duty, threading.Event()))
    )
    thread.start()
    thread.join()
    return went[0]


def asks(_keep_on: worker.KeepOn) -> None:
    with only_reading():
        db.session.execute(text("SELECT 1"))
        db.session.rollback()


def breaks(_keep_on: worker.KeepOn) -> None:
    raise RuntimeError


def test_turns_are_counted(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    before = numbers(client)
    assert turn(app, worker.Duty("asking", asks))
    assert not turn(app, worker.Duty("breaking", breaks))
    assert not turn(app, worker.Duty("breaking", breaks))
    after = numbers(client)
    assert grown(before, after, "duty_failures_total", duty="breaking") == 2
    assert grown(before, after, "duty_failures_total", duty="asking") == 0
    assert value(after, "duty_last_success_timestamp_seconds", duty="asking") > 0
    assert grown(before, after, "statements_total") >= 1
    first, second = lines(capsys, "duty failed")
    assert first["duty"] == second["duty"] == "breaking"
    assert first["run"] != second["run"]


def test_letters_and_their_server(app: Flask, client: FlaskClient, mailbox: Mailbox) -> None:
    mail = worker.Duty("mail", worker.send_mail)
    before = numbers(client)
    post(app, "first")
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    assert not turn(app, mail)
    assert value(numbers(client), "mail_up") == 0
    app.config["SMTP_URL"] = mailbox.url
    post(app, "second")
    assert turn(app, mail)
    after = numbers(client)
    assert value(after, "mail_up") == 1
    assert grown(before, after, "mail_total", outcome="sent") >= 1
    assert grown(before, after, "mail_total", outcome="dead") == 0


def post(app: Flask, key: str) -> None:
    with app.app_context():
        db.session.add(Message(key=key, to="ann@example.org", subject="News", body="Text\n"))
        db.session.commit()
