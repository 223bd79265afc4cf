"""Copies of a comment stand on its card, and are decided and undone with it, never silently."""

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.cases.decisions import Statement
from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from tests import factories
from tests.cases.after import everything_adds_up
from tests.pages import page, read
from tests.review.boxes import boxes, hiding
from tests.review.desk import form_to, named, press
from tests.review.screened import TEXT, copies, edited, remembered, statuses, verdict
from tests.statements import counted

NEAR = TEXT.replace("four", "nine").replace("friend", "neighbour")


def test_the_card_says_who_said_the_same(app: Flask) -> None:
    case_id, _ids = copies(app, 5)
    with app.app_context():
        near = remembered(NEAR, by=factories.person(name="Nearly Alike"))
        hidden = remembered(by=factories.person(name="Hidden Before"))
        factories.report(hidden, "spam")
        factories.decision(hidden, Action.HIDE, by=factories.moderator(name="Bob"), code="spam")
        near_id, hidden_id = near.id, hidden.id
        db.session.commit()
    shown = page(factories.signed_in(app, Role.MODERATOR), f"/review/cases/{case_id}")
    text = " ".join(shown.text.split())
    assert "Eight accounts, same or nearly the same text, less than a minute" in text
    assert "Tick all 5 exact copies" in text
    assert "in 100 words the same" in text
    assert "nine thousand euros" in text
    assert "Bob hid it under Spam and advertising, just now" in text
    found = {box.comment_id: box for box in boxes(shown)}
    assert not any(box.checked for box in found.values())
    assert not found[near_id].is_copy
    assert hidden_id not in found
    assert len(found) == 6


def test_one_decision_for_all_that_are_ticked_and_one_undo(app: Flask) -> None:
    case_id, ids = copies(app, 3)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, f"/review/cases/{case_id}")

    assert hiding(ann, shown, *boxes(shown)[:2]).status_code == 303

    with app.app_context():
        assert len(db.session.scalars(select(Statement)).all()) == 3
        everything_adds_up()
    empty = page(ann, "/review")
    text = " ".join(empty.text.replace("<bdi>", "").replace("</bdi>", "").split())
    assert "The desk is clear" in text
    assert "a comment by First Poster</a> and two others under Spam and advertising" in text
    assert "Undo all" in text

    back = press(ann, empty, end="/undo")
    assert (back.status_code, back.location) == (303, "/review")
    assert statuses(app, ids) == {Status.PUBLISHED}
    again = page(ann, "/review")
    assert "Three decisions are taken back." in again.text
    assert form_to(again, "/decisions")["action"].endswith(f"/{case_id}/decisions")


def test_nothing_is_decided_along_unless_somebody_ticks_it(app: Flask) -> None:
    case_id, ids = copies(app, 3)
    ann = factories.signed_in(app, Role.MODERATOR)
    hiding(ann, page(ann, f"/review/cases/{case_id}"))
    assert statuses(app, ids) == {Status.PUBLISHED}


def test_without_a_script_a_link_ticks_the_exact_copies(app: Flask) -> None:
    case_id, ids = copies(app, 2)
    with app.app_context():
        near_id = remembered(NEAR).id
        db.session.commit()
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, f"/review/cases/{case_id}?with=copies")
    assert {box.comment_id for box in boxes(shown) if box.checked} == set(ids)
    assert "This comment and 2 others" in " ".join(shown.text.split())
    assert near_id in {box.comment_id for box in boxes(shown)}


def test_if_one_moved_on_nothing_is_stored_and_it_is_named(app: Flask) -> None:
    case_id, ids = copies(app, 3)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, f"/review/cases/{case_id}")
    with app.app_context():
        edited(db.session.get_one(Comment, ids[0]), "I take it all back.")
        db.session.commit()

    answer = hiding(ann, shown, *boxes(shown), statement="Mine.", note="Third wave.")

    assert answer.status_code == 409
    assert statuses(app, ids) == {Status.PUBLISHED}
    again = read(answer)
    text = " ".join(again.text.replace("<bdi>", "").replace("</bdi>", "").split())
    assert "The comment by Copy 0: It changed while you had it open: look at it again." in text
    for typed in ("Mine.", "Third wave.", "This comment and 2 others"):
        assert typed in text
    ticked = [box for box in boxes(again) if box.checked]
    assert {box.comment_id for box in ticked} == set(ids[1:])
    assert hiding(ann, again, *ticked).status_code == 303
    assert statuses(app, ids[1:]) == {Status.HIDDEN}


def test_the_card_moving_on_keeps_the_ticks(app: Flask) -> None:
    case_id, ids = copies(app, 2)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, f"/review/cases/{case_id}")
    with app.app_context():
        card = db.session.get_one(Comment, db.session.get_one(Case, case_id).comment_id)
        factories.report(card, "hatred")
        db.session.commit()
    answer = hiding(ann, shown, *boxes(shown))
    assert answer.status_code == 409
    assert {box.comment_id for box in boxes(read(answer)) if box.checked} == set(ids)


@pytest.mark.parametrize(
    ("ticked", "typed", "sentence"),
    [
        (["nonsense"], {}, "What was ticked cannot be read."),
        ([f"{2**63}.1.1"], {}, "What was ticked cannot be read."),
        (["1.1.0"] * 65, {}, "Tick at most 64 others at once."),
        (["1.1.0"], {"action": "escalate", "note": "Kept."}, "One comment at a time"),
        (["1.1.0"], {"clause": ""}, "Choose the clause"),
    ],
)
def test_what_cannot_be_stored_comes_back_with_what_was_typed(
    app: Flask, ticked: list[str], typed: dict[str, str], sentence: str
) -> None:
    case_id, _ids = copies(app, 1)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, f"/review/cases/{case_id}")
    answer = hiding(ann, shown, *ticked, **{"note": "Kept.", **typed})
    assert answer.status_code == 422
    again = read(answer)
    assert sentence in again.text
    assert "Kept." in again.text


def test_what_is_ones_own_affair_is_not_listed(app: Flask) -> None:
    case_id, ids = copies(app, 3)
    ann = named(app, "Ann Quick")
    with app.app_context():
        me = db.session.execute(select(Person).where(Person.name == "Ann Quick")).scalar_one()
        factories.report(db.session.get_one(Comment, ids[0]), "spam", by=me)
        remembered(by=me)
        db.session.commit()
    shown = page(ann, f"/review/cases/{case_id}")
    assert {box.comment_id for box in boxes(shown)} == set(ids[1:])
    assert "2 more are not listed: you wrote or reported them." in shown.text
    assert "Copy 0" not in shown.text


def test_what_the_law_is_asked_about_and_what_is_a_leads_say_so(app: Flask) -> None:
    case_id, ids = copies(app, 2)
    with app.app_context():
        noticed, escalated = (db.session.get_one(Comment, id_) for id_ in ids)
        factories.notice(noticed, reporter=factories.person())
        factories.report(escalated, "spam")
        factories.case_of(escalated).addressee = Role.LEAD
        db.session.commit()
    shown = page(factories.signed_in(app, Role.MODERATOR), f"/review/cases/{case_id}")
    assert boxes(shown) == []
    assert "it is decided by itself" in shown.text
    assert "Its case was handed to a lead." in shown.text
    by_lead = page(factories.signed_in(app, Role.LEAD), f"/review/cases/{case_id}")
    assert [box.comment_id for box in boxes(by_lead)] == [ids[1]]


def test_a_lawyer_sees_no_more_than_the_legal_lanes(app: Flask) -> None:
    case_id, ids = copies(app, 2)
    with app.app_context():
        card = db.session.get_one(Comment, db.session.get_one(Case, case_id).comment_id)
        noticed, plain = (db.session.get_one(Comment, id_) for id_ in ids)
        for comment in (card, noticed):
            factories.notice(comment, reporter=factories.person())
        factories.report(plain)
        remembered(by=factories.person(name="Waiting Elsewhere"), status=Status.PENDING)
        plain_case = factories.case_of(plain).id
        db.session.commit()
    shown = page(factories.signed_in(app, Role.LAWYER), f"/review/cases/{case_id}")
    assert [box.comment_id for box in boxes(shown)] == [ids[0]]
    assert "It is not in the legal lanes." in shown.text
    assert f"/review/cases/{plain_case}" not in shown.text
    assert "Waiting Elsewhere" not in shown.text


@pytest.mark.parametrize("count", [2, 60])
def test_a_card_with_everything_takes_sixteen_queries(app: Flask, count: int) -> None:
    case_id, _ids = copies(app, count)
    with app.app_context():
        card = db.session.get_one(Comment, db.session.get_one(Case, case_id).comment_id)
        for n in range(count):
            verdict(card, f"rule:number-{n}")
            factories.report(card, "spam")
        for _ in range(3):
            other = factories.comment(by=db.session.get_one(Person, card.author_id))
            for report in db.session.scalars(select(Person).limit(3)):
                factories.report(other, by=report) if report.id != card.author_id else None
        db.session.commit()
    ann = factories.signed_in(app, Role.MODERATOR)
    page(ann, f"/review/cases/{case_id}")
    with counted(app) as asked:
        page(ann, f"/review/cases/{case_id}")
    assert len(asked) <= 16, [statement for statement, _ in asked]
