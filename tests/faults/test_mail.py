"""The mail server is dead, slow, or lies: letters wait, and whoever writes does not."""

import time

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.comments.status import Action
from moderation.database import db
from moderation.outbox import delivery, mail
from moderation.outbox.models import Message
from moderation.people.roles import Role
from tests import factories, pages
from tests.faults import liars
from tests.parts.smtp import Mailbox

PATIENCE = 0.5  # seconds for each answer, instead of ten


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", PATIENCE)


def post(app: Flask, url: str) -> None:
    app.config["SMTP_URL"] = url
    with app.app_context():
        db.session.add(Message(key="k", to="reader@example.org", subject="s", body="Words.\n"))
        db.session.commit()


def letter(app: Flask) -> Message:
    with app.app_context():
        found = db.session.execute(select(Message)).scalar_one()
        db.session.expunge_all()
        return found


WAITS = [
    liars.says_nothing,
    liars.says_nothing_of_sense,
    liars.hangs_up,
    liars.drips,
    liars.hangs_up_in_the_middle,
    liars.takes_it_and_says_nothing,
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("talk", WAITS, ids=lambda talk: talk.__name__)
def test_whatever_it_does_the_letter_waits_for_another_day(
    app: Flask, talk: liars.Talk, mailbox: Mailbox
) -> None:
    with liars.server(talk) as (url, came):
        post(app, url)
        began = time.monotonic()
        with app.app_context(), pytest.raises(mail.ServerDown):
            delivery.deliver()
        assert time.monotonic() - began < 20 * PATIENCE
    assert came
    assert letter(app).sent_at is None
    assert letter(app).dead_at is None

    app.config["SMTP_URL"] = mailbox.url
    with app.app_context():
        waiting = db.session.execute(select(Message)).scalar_one()
        waiting.not_before = waiting.created_at
        db.session.commit()
        assert delivery.deliver().sent == 1
    (came_at_last,) = mailbox.messages
    assert came_at_last["Message-ID"] == f"<{letter(app).id}@localhost>"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_that_says_it_has_it_is_believed(app: Flask) -> None:
    with liars.server(liars.takes_it_and_hangs_up) as (url, _):
        post(app, url)
        with app.app_context():
            assert delivery.deliver().sent == 1
            assert delivery.deliver().sent == 0
    assert letter(app).sent_at is not None


def test_nobody_who_asks_us_waits_for_mail(app: Flask) -> None:
    """What a reader or a moderator does makes no connection: letters leave later."""
    with app.app_context():
        comment = factories.comment("Words to hide.")
        factories.report(comment)
        case_id = factories.case_of(comment).id
        db.session.commit()
        comment_id = comment.id
    with liars.server(liars.says_nothing) as (url, came):
        app.config["SMTP_URL"] = url
        reader = factories.signed_in(app, Role.COMMENTER)
        moderator = factories.signed_in(app, Role.MODERATOR)
        (form,) = (
            form
            for form in pages.page(reader, f"/comments/{comment_id}/report").forms
            if form["action"].endswith("/report")
        )
        there = form.pop("action")
        said = {**form, "clause": "abuse", "explanation": "It insults."}
        assert reader.post(there, data=said).status_code == 303
        here = f"/review/cases/{case_id}"
        (form,) = (
            form
            for form in pages.page(moderator, here).forms
            if form["action"].endswith("/decisions")
        )
        there = form.pop("action")
        hide = {**form, "action": Action.HIDE.value, "clause": "abuse", "statement": "It insults."}
        assert moderator.post(there, data=hide).status_code == 303
        asks = {"email": "somebody@example.org", "name": "Some Body", "password": "a long one, yes"}
        assert app.test_client().post("/sign-up", data=asks).status_code == 303
    assert came == []
    with app.app_context():
        assert db.session.scalars(select(Message)).all(), "letters, which wait"
