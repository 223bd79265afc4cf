"""What happened while somebody looked: told as it was, and nothing older."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from moderation import clock
from moderation.cases import service as cases
from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from tests import factories
from tests.pages import page
from tests.review.desk import PIECE, form_to, press, reported

FIELDS = ("csrf_token", "version", "shown")


def withdraw(app: Flask, case_id: int) -> None:
    with app.app_context():
        comment = db.session.get_one(Comment, db.session.get_one(Case, case_id).comment_id)
        cases.withdraw(comment, by=db.session.get_one(Person, comment.author_id))
        db.session.commit()


def test_a_withdrawal_is_told_while_looking_and_when_deciding(app: Flask) -> None:
    case_id = reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, "/review")
    form = form_to(shown, "/decisions")
    withdraw(app, case_id)
    look = {name: form[name] for name in FIELDS}
    told = ann.post(f"/review/cases/{case_id}/lease", data=look, headers=PIECE)
    assert "Its author withdrew this comment." in told.text
    stale = press(ann, shown, action="approve")
    assert stale.status_code == 409
    assert "Its author withdrew the comment." in stale.text


def test_an_old_decision_is_no_news(app: Flask) -> None:
    with app.app_context():
        comment = factories.comment("You clown.")
        factories.report(comment)
        with clock.at(clock.now() - timedelta(days=3)):
            factories.decision(comment, Action.APPROVE, by=factories.moderator(name="Bob Slow"))
        factories.report(comment, "spam")
        case_id = factories.case_of(comment).id
        db.session.commit()
    ann = factories.signed_in(app, Role.MODERATOR)
    form = form_to(page(ann, f"/review/cases/{case_id}"), "/decisions")
    with app.app_context():
        factories.report(db.session.scalars(select(Comment)).one(), "defamation")
        db.session.commit()
    look = {name: form[name] for name in FIELDS}
    told = ann.post(f"/review/cases/{case_id}/lease", data=look, headers=PIECE).text
    assert "Something new was said" in told
    assert "Bob Slow" not in told


def test_a_refusal_at_the_desk_leads_back_to_it(app: Flask) -> None:
    ann = factories.signed_in(app, Role.MODERATOR)
    answer = ann.get("/review/cases/1")
    assert answer.status_code == 404
    assert '<a class="button" href="/review">Go to the desk</a>' in answer.text
    assert "Go to the articles" in ann.get("/articles/none").text
