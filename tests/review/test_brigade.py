"""The same people reporting one author again and again stands on the card, and hides nothing."""

import re
from collections.abc import Sequence
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from moderation import clock
from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from tests import factories
from tests.pages import Page, page
from tests.review.boxes import boxes
from tests.review.desk import form_to, named
from tests.statements import counted, plan


def brigaded(comments: int, people: Sequence[Person], *, approved: int = 0) -> list[Comment]:
    """Comments of one author, each reported by all of `people`, a quarter of an hour apart."""
    author, now = factories.person(name="Xenia Honest"), clock.now()
    found = []
    for n in range(comments):
        with clock.at(now - timedelta(minutes=15 * (comments - n))):
            about = factories.comment(f"Plan {n} is good.", by=author)
            for reporter in people:
                factories.report(about, "off-topic", by=reporter)
            if n < approved:
                factories.decision(about, Action.APPROVE)
            found.append(about)
    return found


def crowd(
    app: Flask, comments: int = 7, people: int = 4, approved: int = 6
) -> tuple[int, list[int]]:
    """(the case of the last comment, all the comments)"""
    with app.app_context():
        reporters = [factories.person(name=f"Angry {n}") for n in range(people)]
        found = brigaded(comments, reporters, approved=approved)
        case_id, ids = factories.case_of(found[-1]).id, [comment.id for comment in found]
        db.session.commit()
    return case_id, ids


def card(app: Flask, case_id: int) -> Page:
    return page(factories.signed_in(app, Role.MODERATOR), f"/review/cases/{case_id}")


def said(shown: Page) -> str:
    return " ".join(shown.text.split())


def test_the_card_says_who_reports_whom_and_how_it_went(app: Flask) -> None:
    case_id, ids = crowd(app)
    shown = card(app, case_id)
    assert (
        "The same four people reported seven comments of this author within 90 minutes; "
        "24 of 24 settled were not upheld." in said(shown)
    )
    names = said(shown).split("24 of 24 settled")[1].split("Each counts for")[0]
    assert {f"Angry {n}" for n in range(4)} == set(re.findall(r"<bdi>(.*?)</bdi>", names))
    assert {box.comment_id for box in boxes(shown)} == set(ids[:-1])
    assert not any(box.checked or box.is_copy for box in boxes(shown))
    with app.app_context():
        assert db.session.get_one(Comment, ids[-1]).status is Status.PUBLISHED


def test_nothing_settled_is_said_too(app: Flask) -> None:
    case_id, _ids = crowd(app, comments=3, people=2, approved=0)
    text = said(card(app, case_id))
    assert "The same two people reported three comments of this author" in text
    assert "none of these reports is settled yet." in text


def test_one_person_or_two_comments_are_no_brigade(app: Flask) -> None:
    for comments, people in ((9, 1), (2, 6)):
        case_id, _ids = crowd(app, comments=comments, people=people)
        assert "Reported by the same people" not in card(app, case_id).text


def test_strangers_who_report_one_author_are_no_brigade(app: Flask) -> None:
    with app.app_context():
        author = factories.person()
        for about in [factories.comment(by=author) for _ in range(5)]:
            for _ in range(3):
                factories.report(about)
        about = factories.comment(by=author)
        factories.report(about)
        case_id = factories.case_of(about).id
        db.session.commit()
    assert "Reported by the same people" not in card(app, case_id).text


def test_what_was_reported_long_ago_does_not_count(app: Flask) -> None:
    with app.app_context():
        people = [factories.person() for _ in range(3)]
        with clock.at(clock.now() - timedelta(days=30)):
            before = brigaded(5, people)
        author = db.session.get_one(Person, before[0].author_id)
        about = factories.comment(by=author)
        for reporter in people:
            factories.report(about, by=reporter)
        case_id = factories.case_of(about).id
        db.session.commit()
    assert "Reported by the same people" not in card(app, case_id).text


def test_they_are_decided_together(app: Flask) -> None:
    case_id, ids = crowd(app, comments=4, approved=0)
    ann = named(app, "Ann Quick")
    shown = page(ann, f"/review/cases/{case_id}")
    form = form_to(shown, "/decisions")
    sent = {name: form[name] for name in ("csrf_token", "revision", "version", "shown")}
    also = [box.value for box in boxes(shown)]
    answer = ann.post(form["action"], data={**sent, "action": "approve", "also": also})
    assert answer.status_code == 303
    with app.app_context():
        for id_ in ids:
            assert factories.case_of(db.session.get_one(Comment, id_)).closed_at is not None
        assert db.session.scalar(select(Case).where(Case.closed_at.is_(None))) is None
    assert "and three others" in page(ann, "/review").text


def test_each_reporter_is_looked_up_under_each_comment(app: Flask) -> None:
    """However many reports there are of others, and by others."""
    case_id, _ids = crowd(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    with counted(app) as asked:
        page(ann, f"/review/cases/{case_id}")
    (statement, given), *others = [one for one in asked if "reported" in str(one)]
    assert not others
    if app.config["DATABASE_URL"]:
        return  # with few rows PostgreSQL reads the whole table
    used = plan(app, statement, given)
    assert "uq_report_person (revision_id=? AND track=? AND reporter_id=?)" in used
