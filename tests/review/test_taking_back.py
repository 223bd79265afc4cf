"""What was decided together is taken back together; two who decide together lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.cases.decisions import Decision
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.pages import page
from tests.review.boxes import boxes, hiding
from tests.review.desk import form_to, press
from tests.review.screened import copies, statuses


def half_restored(app: Flask) -> FlaskClient:
    """Somebody who hid a comment and its copy; a lead has restored the copy since."""
    case_id, ids = copies(app, 1)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, f"/review/cases/{case_id}")
    hiding(ann, shown, *boxes(shown))
    with app.app_context():
        copy = db.session.get_one(Comment, ids[0])
        factories.decision(copy, Action.RESTORE, by=factories.person(Role.LEAD))
        db.session.commit()
    return ann


def test_what_can_no_longer_be_taken_back_is_named(app: Flask) -> None:
    ann = half_restored(app)
    answer = press(ann, page(ann, "/review"), end="/undo")
    assert answer.status_code == 303
    after = page(ann, "/review").text
    assert "Not the one about the comment by Copy 0. This decision no longer stands" in after


def test_a_script_is_told_too(app: Flask) -> None:
    ann = half_restored(app)
    form = form_to(page(ann, "/review"), "/undo")
    data = {name: form[name] for name in ("csrf_token", "decision")}
    piece = {"X-Piece": "true"}
    ann.post("/review/undo", data=data, headers=piece)
    assert "Not the one about the comment by Copy 0" in ann.get("/review", headers=piece).text


def test_the_log_takes_back_one_or_all(app: Flask) -> None:
    case_id, ids = copies(app, 2)
    ann = factories.signed_in(app, Role.MODERATOR)
    shown = page(ann, f"/review/cases/{case_id}")
    hiding(ann, shown, *boxes(shown))
    log = page(ann, "/review/log")
    assert "one of three decided together" in log.text
    assert "Undo all 3" in log.text
    form = form_to(log, "/undo")
    data = {"csrf_token": form["csrf_token"], "decision": form["decision"], "alone": "1"}
    assert ann.post("/review/undo", data=data).status_code == 303
    assert statuses(app, ids) == {Status.HIDDEN}
    assert "one of two decided together" in page(ann, "/review/log").text
    press(ann, page(ann, "/review/log"), end="/undo")


def test_two_who_decide_the_same_ones_at_once(app: Flask) -> None:
    """Each has the other's card among the copies: one is stored whole, the other not at all."""
    first, ids = copies(app, 1)
    with app.app_context():
        factories.report(copy := db.session.get_one(Comment, ids[0]), "spam")
        second = factories.case_of(copy).id
        db.session.commit()
    clients = [factories.signed_in(app, Role.MODERATOR) for _ in range(2)]
    shown = [
        page(client, f"/review/cases/{case_id}")
        for client, case_id in zip(clients, (first, second), strict=True)
    ]
    together = Barrier(2)

    def decide(number: int) -> int:
        together.wait()
        return hiding(clients[number], shown[number], *boxes(shown[number])).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, range(2)))
    assert sorted(answers) == [303, 409]
    with app.app_context():
        hidden = db.session.scalars(select(Decision).where(Decision.action == Action.HIDE)).all()
        assert len(hidden) == 2
        assert len({decision.batch_id for decision in hidden}) == 1
