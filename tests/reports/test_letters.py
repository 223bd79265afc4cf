"""The letters, as they arrive."""

import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import clock
from moderation.cases.settle import GRACE
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.outbox import delivery
from moderation.outbox.models import Message
from tests import factories, pages
from tests.parts.smtp import Mailbox

SENDER = "marta@example.org"
LINK = re.compile(r"http://localhost(/\S+)")


def deliver(app: Flask, mailbox: Mailbox) -> None:
    app.config["SMTP_URL"] = mailbox.url
    with app.app_context():
        delivery.deliver()


def newest(mailbox: Mailbox, address: str) -> str:
    letter = mailbox.to(address)[-1]
    text: str = letter.get_content()
    return f"{letter['Subject']}\n{text}"


def notify(app: Flask, client: FlaskClient) -> int:
    """A notice by somebody without an account; the comment's id."""
    with app.app_context():
        comment_id = factories.comment("The turnip did it.").id
        db.session.commit()
    notice = {
        "law": "defamation",
        "explanation": "An unmistakable sentence.",
        "name": "Marta Quill",
        "email": SENDER,
        "good_faith": "y",
    }
    client.post(f"/comments/{comment_id}/report-illegal", data=notice)
    return comment_id


def decide(app: Flask, comment_id: int, action: Action) -> None:
    with app.app_context():
        comment = db.session.get_one(Comment, comment_id)
        factories.decision(comment, action, by=factories.moderator(name="Moderator Mole"))
        db.session.commit()


def test_a_receipt_confirms_the_address(app: Flask, client: FlaskClient, mailbox: Mailbox) -> None:
    notify(app, client)
    deliver(app, mailbox)
    receipt = newest(mailbox, SENDER)
    assert "We have your notice" in receipt
    assert "Marta" not in receipt
    assert "unmistakable" not in receipt
    (confirm,) = LINK.findall(receipt)
    pages.page(client, confirm)
    assert client.post(confirm).status_code == 303


def test_an_answer_can_be_appealed_without_an_account(
    app: Flask, client: FlaskClient, mailbox: Mailbox
) -> None:
    decide(app, notify(app, client), Action.APPROVE)
    with time_machine.travel(clock.now() + GRACE * 2):
        deliver(app, mailbox)
        outcome = newest(mailbox, SENDER)
    assert "What we decided: We looked at the comment and do not agree with you." in outcome
    assert "you can appeal, free of charge" in outcome
    assert "Mole" not in outcome
    there, appeal = LINK.findall(outcome)
    assert "do not agree" in pages.page(client, there).text
    form = pages.page(client, appeal).forms[-1]
    answer = client.post(form["action"], data={"token": form["token"], "text": "It lies."})
    assert answer.status_code == 303
    assert "Your appeal has been sent." in pages.page(client, answer.headers["Location"]).text
    deliver(app, mailbox)
    assert "We have your appeal" in newest(mailbox, SENDER)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("action", [Action.HIDE, Action.APPROVE])
def test_every_letter_is_plain_and_names_nobody(action: Action) -> None:
    reporter = factories.person(name="Reporting Rook")
    author = factories.person(name="Author Auk")
    decider = factories.moderator(name="Moderator Mole")
    comment = factories.comment("The words of the comment.", by=author)
    factories.report(comment, by=reporter, explanation="What the rook says.")
    notice = factories.notice(comment, name="Noticing Newt", explanation="What the newt says.")
    factories.decision(comment, action, by=decider)
    names = {reporter.name, author.name, decider.name, "Noticing Newt"}
    addresses = {reporter.email, author.email, decider.email, notice.email}
    texts = {"What the rook says.", "What the newt says.", "The words of the comment."}
    letters = db.session.scalars(select(Message)).all()
    assert len(letters) == (3 if action is Action.HIDE else 2)
    for letter in letters:
        whole = letter.subject + "\n" + letter.body
        for secret in (names | addresses | texts) - {letter.to}:
            assert secret is not None
            assert secret not in whole
        assert "\n\n\n" not in whole
        assert not re.search(r"[{}<]|&#|&amp;|None", whole)
        assert "appeal" in whole
        assert factories.site().name in letter.subject
