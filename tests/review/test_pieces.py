"""The desk's pieces of page, its limits, and what it costs."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation import clock
from moderation.cases import service as cases
from moderation.cases.decisions import Appeal
from moderation.cases.models import LANE_LEGAL, Case, CaseKind, Note
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy import service as policy
from moderation.review import choices
from tests import factories
from tests.pages import page
from tests.review.desk import PIECE, form_to, named, press, reported, status_of
from tests.statements import counted


def test_a_script_gets_the_next_card_as_a_piece(app: Flask) -> None:
    reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    piece = ann.get("/review", headers=PIECE)
    assert "<html" not in piece.text
    assert 'id="desk"' in piece.text
    form = form_to(page(ann, "/review"), "/decisions")
    data = {name: form[name] for name in ("csrf_token", "revision", "version")}
    answer = ann.post(form["action"], data=data | {"action": "hide"}, headers=PIECE)
    assert (answer.status_code, "<html" in answer.text) == (422, False)


def test_an_empty_desk_is_quiet_until_something_comes(app: Flask) -> None:
    ann = factories.signed_in(app, Role.MODERATOR)
    assert "The desk is clear" in page(ann, "/review").text
    assert ann.get("/review?again=1", headers=PIECE).status_code == 204
    reported(app)
    assert "You clown." in ann.get("/review?again=1", headers=PIECE).text


def test_looking_renews_the_lease_and_tells_what_a_colleague_did(app: Flask) -> None:
    case_id = reported(app)
    ann, bob = named(app, "Ann Quick"), named(app, "Bob Slow")
    shown = page(ann, "/review")
    form = form_to(shown, "/decisions")
    lease = f"/review/cases/{case_id}/lease"
    data = {"csrf_token": form["csrf_token"], "version": form["version"]}

    def look() -> TestResponse:
        return ann.post(lease, data=data, headers=PIECE)

    with counted(app) as asked:
        assert look().status_code == 204
    assert not [statement for statement, _ in asked if statement.startswith("UPDATE")]
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        case.lease_until = clock.now() + timedelta(seconds=20)
        db.session.commit()
    assert look().status_code == 204
    with app.app_context():
        until = db.session.get_one(Case, case_id).lease_until
        assert until is not None
        assert until > clock.now() + timedelta(seconds=80)
    press(bob, page(bob, f"/review/cases/{case_id}"), action="hide", clause="abuse")
    told = look()
    assert told.status_code == 200
    assert "Ann Quick" not in told.text
    assert "Bob Slow" in told.text


def test_nobody_sees_or_decides_their_own_affair(app: Flask) -> None:
    ann = factories.signed_in(app, Role.MODERATOR)
    with app.app_context():
        person = db.session.scalars(select(Person).order_by(Person.id.desc())).first()
        assert person is not None
        own = factories.comment("I wrote this.", by=person)
        factories.report(own)
        other = factories.comment("I reported this.")
        factories.report(other, by=person)
        ids = [factories.case_of(comment).id for comment in (own, other)]
        db.session.commit()
    token = form_to(page(ann, "/review/help"), "/keys")["csrf_token"]
    for case_id in ids:
        assert ann.get(f"/review/cases/{case_id}").status_code == 403
        typed = {"csrf_token": token, "action": "approve", "revision": "1", "version": "1"}
        assert ann.post(f"/review/cases/{case_id}/decisions", data=typed).status_code in {403, 409}
        note = {"csrf_token": token, "note": "Hm."}
        assert ann.post(f"/review/cases/{case_id}/notes", data=note).status_code == 403
        look = {"csrf_token": token, "version": "99"}
        assert ann.post(f"/review/cases/{case_id}/lease", data=look).status_code == 403


@pytest.mark.parametrize("case_id", [1, 2**63, 10**30])
def test_no_such_case(app: Flask, case_id: int) -> None:
    ann = factories.signed_in(app, Role.MODERATOR)
    token = form_to(page(ann, "/review/help"), "/keys")["csrf_token"]
    assert ann.get(f"/review/cases/{case_id}").status_code == 404
    for end in ("decisions", "skip", "notes", "lease"):
        answer = ann.post(f"/review/cases/{case_id}/{end}", data={"csrf_token": token})
        assert answer.status_code == 404
    undo = {"csrf_token": token, "decision": str(case_id)}
    assert ann.post("/review/undo", data=undo).status_code == 404


def test_a_form_without_its_token_stores_nothing(app: Flask) -> None:
    case_id = reported(app)
    ann = factories.signed_in(app, Role.MODERATOR)
    form = form_to(page(ann, "/review"), "/decisions")
    data = {name: form[name] for name in ("revision", "version")}
    answer = ann.post(form["action"], data=data | {"action": "hide", "clause": "abuse"})
    assert answer.status_code == 422
    assert status_of(app, case_id) is Status.PUBLISHED


def test_closed_cases_can_be_restored(app: Flask) -> None:
    case_id = reported(app)
    ann, bob = factories.signed_in(app, Role.MODERATOR), factories.signed_in(app, Role.MODERATOR)
    press(ann, page(ann, "/review"), action="hide", clause="abuse")
    closed = page(bob, f"/review/cases/{case_id}")
    assert "Leave hidden" in closed.text
    assert press(bob, closed, action="restore").status_code == 303
    assert status_of(app, case_id) is Status.PUBLISHED


def test_a_lead_can_put_on_hold_and_a_moderator_cannot(app: Flask) -> None:
    case_id = reported(app)
    ann, lead = factories.signed_in(app, Role.MODERATOR), factories.signed_in(app, Role.LEAD)
    shown = page(ann, f"/review/cases/{case_id}")
    assert 'value="hold"' not in shown.text
    assert press(ann, shown, action="hold", clause="abuse").status_code == 403
    shown = page(lead, f"/review/cases/{case_id}")
    assert press(lead, shown, action="hold", clause="abuse").status_code == 303
    assert status_of(app, case_id) is Status.PENDING
    assert "held until somebody looks again" in page(ann, f"/review/cases/{case_id}").text


def test_keys_are_turned_off_and_stay_off(app: Flask) -> None:
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, "/review")
    assert "Keys are on" in shown.text
    token = form_to(shown, "/keys")["csrf_token"]
    assert ann.post("/review/keys", data={"csrf_token": token, "keys": "off"}).status_code == 303
    shown = page(ann, "/review")
    assert "Keys are off" in shown.text
    assert "keys-off" in shown.text


def test_an_appeal_shows_what_is_contested_and_by_whom(app: Flask) -> None:
    case_id = reported(app)
    ann, bob = factories.signed_in(app, Role.MODERATOR), factories.signed_in(app, Role.MODERATOR)
    press(ann, page(ann, "/review"), action="hide", clause="abuse", statement="An insult.")
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        comment = db.session.get_one(Comment, case.comment_id)
        appeal = cases.open_or_join(
            comment, site=factories.site(), kind=CaseKind.APPEAL, due_at=clock.now()
        )
        decision = cases.latest_decision(comment)
        assert decision is not None
        words = "It was a joke among friends."
        db.session.add(Appeal(case_id=appeal.id, decision_id=decision.id, text=words))
        appeal_id = appeal.id
        db.session.commit()
    shown = page(bob, "/review")
    for words in ("Appeal by its author", "It was a joke among friends.", "An insult."):
        assert words in shown.text
    assert form_to(shown, f"/review/appeals/{appeal_id}/outcome")
    assert "somebody else hears the appeal" in page(ann, f"/review/cases/{appeal_id}").text


@pytest.mark.parametrize("kind", ["fresh", "held", "fourth", "appeal"])
def test_the_desk_takes_fifteen_queries_whatever_there_is_to_show(app: Flask, kind: str) -> None:
    with app.app_context():
        busy(history=30 if kind != "held" else 3)
        if kind == "appeal":
            case = db.session.scalars(select(Case).order_by(Case.lane, Case.due_at)).first()
            assert case is not None
            case.kind = CaseKind.APPEAL
        db.session.commit()
    ann = factories.signed_in(app, Role.MODERATOR)
    page(ann, "/review/help")
    with app.app_context():
        person = db.session.scalars(select(Person).order_by(Person.id.desc())).first()
        assert person is not None
        person.deals = 3 if kind == "fourth" else 0
        choices.rules(policy.in_force(factories.site()).id)  # asked for once in a process
        db.session.commit()
    if kind == "held":
        page(ann, "/review")
    with counted(app) as asked:
        page(ann, "/review")
    assert len(asked) <= 15, [statement for statement, _ in asked]


def busy(history: int) -> None:
    """A comment with a conversation, reports, notes, and an author with a past."""
    author, moderator = factories.person(), factories.moderator()
    under = factories.article()
    for _ in range(history):
        old = factories.comment(by=author, on=under)
        factories.report(old)
        factories.decision(old, Action.HIDE, by=moderator)
    root = factories.comment(on=under, to=factories.comment(on=under))
    comment = factories.comment("You clown.", by=author, on=under, to=root)
    for _ in range(history):
        factories.comment(on=under, to=comment)
        factories.report(comment)
    case = factories.case_of(comment)
    case.lane = LANE_LEGAL
    db.session.add(Note(case_id=case.id, author_id=moderator.id, text="Hm."))
    factories.report(factories.comment())


def test_people_who_ask_at_once_are_dealt_different_cases(app: Flask) -> None:
    there = {reported(app, f"Number {n}.") for n in range(4)}
    clients = [factories.signed_in(app, Role.MODERATOR) for _ in range(4)]
    got: list[str] = []

    def ask(client: FlaskClient) -> None:
        got.append(form_to(page(client, "/review"), "/decisions")["action"])

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {int(address.split("/")[3]) for address in got} == there
