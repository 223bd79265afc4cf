"""What the author sees leads to no reporter; what either sees leads to no moderator."""

from collections import deque

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import signing
from moderation.appeals import outcome as answer
from moderation.appeals import service as appeals
from moderation.cases import reporting
from moderation.cases.decide import Reasons
from moderation.cases.decisions import AppealOutcome
from moderation.cases.models import CaseKind
from moderation.comments.status import Action
from moderation.database import db
from moderation.outbox.models import Message
from tests import factories

REPORTERS = ("Reporting Rook", "rook@example.org", "Noticing Newt", "newt@example.org")
WHAT_THEY_SAID = ("Said by the rook.", "Said by the newt.", "Appealed by the rook.")
MODERATORS = ("Moderator Mole", "mole@example.org", "Second Stoat", "stoat@example.org")
NOTES = ("Between colleagues.",)


def tell(*, ends_with_appeal: bool) -> list[str]:
    """Two reports, a decision, perhaps an appeal; returns links of the sender without account."""
    author = factories.person(name="Author Auk", email="auk@example.org")
    rook = factories.person(name=REPORTERS[0], email=REPORTERS[1])
    mole = factories.moderator(name=MODERATORS[0], email=MODERATORS[1])
    stoat = factories.moderator(name=MODERATORS[2], email=MODERATORS[3])
    comment = factories.comment("Some words.", by=author)
    report = factories.report(comment, by=rook, explanation=WHAT_THEY_SAID[0])
    notice = factories.notice(
        comment, name=REPORTERS[2], email=REPORTERS[3], explanation=WHAT_THEY_SAID[1]
    )
    reporting.confirm(notice)
    first = Action.APPROVE if ends_with_appeal else Action.HIDE
    decision = factories.decision(comment, first, by=mole, note=NOTES[0])
    if ends_with_appeal:
        appeals.by_reporter(decision, text=WHAT_THEY_SAID[2], report=report)
        case = factories.case_of(comment, CaseKind.APPEAL)
        reasons = Reasons(factories.clause(), "It does insult.", NOTES[0])
        seen = factories.seen(case)
        answer.decide(case, AppealOutcome.REVERSED, by=stoat, seen=seen, reasons=reasons)
    return [f"/reports/{signing.signed('report', notice.id)}"]


def everything(client: FlaskClient, starts: list[str]) -> str:
    """Every page that can be reached by links from `starts`, in one text."""
    waiting = deque(["/", "/me/comments", "/me/reports", "/me", *starts])
    seen: set[str] = set()
    texts = []
    while waiting and len(seen) < 200:
        path = waiting.popleft()
        if path in seen or not path.startswith("/") or path.startswith(("/static", "/sign-")):
            continue
        seen.add(path)
        got = client.get(path)
        assert got.status_code < 500, path
        if got.status_code == 303:
            waiting.append(got.headers["Location"].partition("#")[0])
        texts.append(f"{path}\n{got.headers}\n{got.text}")
        waiting.extend(_links(got.text))
    assert len(seen) > 5
    return "\n".join(texts)


def _links(text: str) -> list[str]:
    parts = text.split('href="')[1:]
    return [part.partition('"')[0].partition("#")[0].replace("&amp;", "&") for part in parts]


def letters(app: Flask, address: str) -> str:
    with app.app_context():
        found = db.session.scalars(select(Message).where(Message.to == address)).all()
        assert found
        return "\n".join(letter.subject + "\n" + letter.body for letter in found)


@pytest.mark.parametrize("ends_with_appeal", [False, True])
def test_nobody_finds_out(app: Flask, ends_with_appeal: bool) -> None:
    with app.app_context():
        without_account = tell(ends_with_appeal=ends_with_appeal)
        db.session.commit()
    author, reporter, nobody = (app.test_client() for _ in range(3))
    factories.sign_in(author, "auk@example.org")
    factories.sign_in(reporter, REPORTERS[1])
    to_author = everything(author, []) + letters(app, "auk@example.org")
    assert "Some words." in to_author
    for secret in (*REPORTERS, *WHAT_THEY_SAID, *MODERATORS, *NOTES):
        assert secret not in to_author
    to_reporter = everything(reporter, []) + letters(app, REPORTERS[1])
    to_sender = everything(nobody, without_account) + letters(app, REPORTERS[3])
    for text in (to_reporter, to_sender):
        assert "auk@example.org" not in text
        for secret in (*MODERATORS, *NOTES):
            assert secret not in text
