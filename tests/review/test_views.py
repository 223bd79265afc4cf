"""The desk's pages and forms, as plain forms without a script."""

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.cases.decisions import Decision, Statement
from moderation.cases.models import Case, Note
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Status
from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.pages import page, read
from tests.review.desk import PIECE, form_to, named, press, reported, status_of


def test_decide_undo_decide_again(app: Flask) -> None:
    case_id = reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    answer = press(ann, page(ann, "/review"), action="hide", clause="abuse")
    assert (answer.status_code, answer.location) == (303, "/review")
    assert status_of(app, case_id) is Status.HIDDEN

    empty = page(ann, "/review")
    assert "The desk is clear" in empty.text
    assert "You hid" in empty.text
    back = press(ann, empty, end="/undo")
    assert (back.status_code, back.location) == (303, "/review")
    assert status_of(app, case_id) is Status.PUBLISHED
    again = page(ann, "/review")
    assert form_to(again, "/decisions")["action"].endswith(f"/review/cases/{case_id}/decisions")
    assert "took back the decision" in again.text
    assert press(ann, again, action="approve").status_code == 303


def test_an_empty_statement_is_the_clauses_own_explanation(app: Flask) -> None:
    reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    press(ann, page(ann, "/review"), action="hide", clause="abuse", statement=" ")
    with app.app_context():
        statement = db.session.scalars(select(Statement)).one()
        assert statement.explanation == factories.clause().plain


def test_a_statement_of_ones_own_is_kept_as_typed(app: Flask) -> None:
    reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    press(ann, page(ann, "/review"), action="hide", clause="abuse", statement="Be <kind>.")
    with app.app_context():
        assert db.session.scalars(select(Statement)).one().explanation == "Be <kind>."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"action": "hide", "statement": "Kept."}, "Choose the clause that it breaks."),
        ({"action": "hide", "clause": "nonsense", "statement": "Kept."}, "has no clause"),
        ({"action": "escalate", "statement": "Kept."}, "Say in the note why"),
        ({"action": "hide", "clause": "abuse", "statement": "Kept." + "x" * 2000}, "2,000"),
        ({"action": "", "statement": "Kept."}, "Choose what to do"),
    ],
)
def test_what_cannot_be_stored_comes_back_with_everything_typed(
    app: Flask, typed: dict[str, str], sentence: str
) -> None:
    case_id = reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    answer = press(ann, page(ann, "/review"), **typed)
    assert answer.status_code == 422
    shown = read(answer)
    assert sentence in shown.text
    assert typed["statement"] in shown.text
    assert status_of(app, case_id) is Status.PUBLISHED


def test_whoever_is_second_sees_who_was_first_and_decides_again_on_purpose(app: Flask) -> None:
    case_id = reported(app)
    ann, bob = named(app, "Ann Quick"), named(app, "Bob Slow")
    address = f"/review/cases/{case_id}"
    seen_by_bob = page(bob, address)
    press(ann, page(ann, "/review"), action="hide", clause="spam", note="Third time.")

    answer = press(bob, seen_by_bob, action="hide", clause="abuse", statement="Mine.", note="Hm.")
    assert answer.status_code == 409
    shown = read(answer)
    for words in ("not stored", "Ann Quick", "hid it", "Spam and advertising", "Third time."):
        assert words in shown.text
    assert "Mine." in shown.text
    assert "Hm." in shown.text

    last = press(bob, shown, action="hide", clause="abuse", statement="Mine.")
    assert last.status_code == 303
    with app.app_context():
        decided = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert decided is not None
        assert decided.statement == "Mine."


def test_what_no_longer_fits_is_a_conflict_that_shows_the_other_decision(app: Flask) -> None:
    case_id = reported(app)
    ann, bob = named(app, "Ann Quick"), named(app, "Bob Slow")
    seen_by_bob = page(bob, f"/review/cases/{case_id}")
    press(ann, page(ann, "/review"), action="hide", clause="spam")
    answer = press(bob, seen_by_bob, action="approve", note="Looks fine to me.")
    assert answer.status_code == 409
    assert "Ann Quick" in answer.text
    assert "Looks fine to me." in answer.text
    assert "Restore" in answer.text


def test_a_new_revision_is_shown_as_a_difference(app: Flask) -> None:
    case_id = reported(app, "See you on Sunday, old man.")
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, "/review")
    with app.app_context():
        comment = db.session.get_one(Comment, db.session.get_one(Case, case_id).comment_id)
        words = "See you on Monday, old man."
        revision = Revision(comment_id=comment.id, body=words, html=f"<p>{words}</p>")
        db.session.add(revision)
        db.session.flush()
        comment.revision_id = revision.id
        db.session.commit()
    answer = press(ann, shown, action="approve")
    assert answer.status_code == 409
    assert "<del>Sunday,</del>" in answer.text
    assert "<ins>Monday,</ins>" in answer.text


def test_a_new_allegation_is_shown(app: Flask) -> None:
    case_id = reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, "/review")
    with app.app_context():
        comment = db.session.get_one(Comment, db.session.get_one(Case, case_id).comment_id)
        factories.report(comment, "threats", by=factories.person(name="Tilda Fresh"))
        db.session.commit()
    answer = press(ann, shown, action="approve")
    assert answer.status_code == 409
    assert "Threats and danger to life" in answer.text
    assert "Tilda Fresh" in answer.text


def test_hand_on_to_a_lead(app: Flask) -> None:
    case_id = reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    answer = press(ann, page(ann, "/review"), action="escalate", note="Is this satire?")
    assert answer.status_code == 303
    assert "The desk is clear" in page(ann, "/review").text
    handed = page(ann, f"/review/cases/{case_id}")
    assert "handed to a lead" in handed.text
    assert 'value="approve"' not in handed.text
    lead = factories.signed_in(app, Role.LEAD)
    assert "Is this satire?" in page(lead, "/review").text


def test_hand_on_to_a_lawyer_who_sees_the_legal_lanes_only(app: Flask) -> None:
    other, case_id = reported(app, "Other."), reported(app, "He took bribes.")
    ann, lawyer = factories.signed_in(app, Role.MODERATOR), factories.signed_in(app, Role.LAWYER)
    shown = page(ann, f"/review/cases/{case_id}")
    press(ann, shown, action="escalate", to="lawyer", note="Defamation?")
    assert "He took bribes." in page(lawyer, "/review").text
    assert lawyer.get(f"/review/cases/{other}").status_code == 404
    assert press(lawyer, page(lawyer, "/review"), action="approve").status_code == 303


def test_skip_and_it_goes_to_somebody_else(app: Flask) -> None:
    reported(app)
    ann, bob = factories.signed_in(app, Role.MODERATOR), factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, "/review")
    form = form_to(shown, "/decisions")
    skip = form["action"].replace("/decisions", "/skip")
    assert ann.post(skip, data={"csrf_token": form["csrf_token"]}).status_code == 303
    assert "was skipped by you" in page(ann, "/review").text
    assert "You clown." in page(bob, "/review").text


def test_a_note_is_seen_by_colleagues_and_decides_nothing(app: Flask) -> None:
    case_id = reported(app)
    ann, bob = named(app, "Ann Quick"), named(app, "Bob Slow")
    shown = page(ann, "/review")
    notes = f"/review/cases/{case_id}/notes"
    token = form_to(shown, "/decisions")["csrf_token"]
    assert ann.post(notes, data={"csrf_token": token, "note": ""}).status_code == 422
    saved = ann.post(notes, data={"csrf_token": token, "note": "Ask the desk chief."})
    assert (saved.status_code, saved.location) == (303, f"/review/cases/{case_id}")
    read_by_bob = page(bob, f"/review/cases/{case_id}")
    assert "Ask the desk chief." in read_by_bob.text
    assert "Ann Quick has this case in hand" in " ".join(
        read_by_bob.text.replace("<bdi>", "").replace("</bdi>", "").split()
    )
    piece = ann.post(notes, data={"csrf_token": token, "note": "And mine."}, headers=PIECE)
    assert (piece.status_code, "<html" in piece.text) == (200, False)
    assert "And mine." in piece.text
    assert press(bob, read_by_bob, action="approve").status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(Note)).all()) == 2


def test_an_old_case_gives_way_to_the_one_that_is_open(app: Flask) -> None:
    old_id = reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    press(ann, page(ann, "/review"), action="approve")
    shown = page(ann, f"/review/cases/{old_id}")
    with app.app_context():
        comment = db.session.get_one(Comment, db.session.get_one(Case, old_id).comment_id)
        factories.report(comment, "threats")
        open_id = factories.case_of(comment).id
        db.session.commit()
    answer = press(ann, shown, action="hide", clause="threats", statement="It threatens.")
    assert answer.status_code == 409
    assert "It threatens." in answer.text
    assert form_to(read(answer), "/decisions")["action"].endswith(f"/cases/{open_id}/decisions")
