"""A checker that answers later: accepted once, signed, and what it says may still hold."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from moderation import clock
from moderation.cases.decisions import Decision, Statement
from moderation.cases.models import Report
from moderation.comments.models import Revision
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.screening.health import page as health
from moderation.screening.remote import again
from tests import factories
from tests.cases.after import everything_adds_up
from tests.screening.remote.checker import answers, listening, says, signature
from tests.screening.remote.site import asked, comment, handed_in, verdicts, with_checker

SURE = {"clause": "abuse", "score": 0.95, "why": ["It insults."]}


def answer(
    client: FlaskClient, secret: str, token: str, *verdicts_: dict[str, Any], **change: str
) -> TestResponse:
    """Signed as the specification says, unless `change` has other headers (with underscores)."""
    body = json.dumps({"verdicts": verdicts_}).encode()
    headers = signature(secret, token, int(clock.now().timestamp()), body)
    headers.update({name.replace("_", "-"): value for name, value in change.items()})
    return client.post(f"/screening/answers/{token}", data=body, headers=headers)


def said(refused: TestResponse) -> str:
    return str(json.loads(refused.text)["error"])


@pytest.fixture
def promised(app: Flask) -> tuple[str, str]:
    """A comment about which the checker answers later: (the secret, the id it was asked under)."""
    with listening(answers(202)) as checker:
        secret = with_checker(app, checker.url)
        handed_in(app)
    with app.app_context():
        return secret, asked().token


def test_until_then_it_is_published_and_nothing_is_wrong(
    app: Flask, promised: tuple[str, str]
) -> None:
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        (verdict,) = verdicts()
        assert verdict.is_checked is False
        assert verdict.why == ["The publisher’s own checker answers later."]
        assert health.line(factories.site()) == []


def test_what_it_says_holds_a_published_comment_with_its_statement(
    app: Flask, client: FlaskClient, promised: tuple[str, str]
) -> None:
    secret, token = promised
    assert answer(client, secret, token, SURE).status_code == 204
    with app.app_context():
        held = comment()
        assert held.status is Status.PENDING
        statement = db.session.execute(select(Statement)).scalar_one()
        decision = db.session.get_one(Decision, statement.decision_id)
        assert (decision.action, decision.checker) == (Action.HOLD, "remote:abuse")
        assert db.session.scalars(select(Report.checker)).all() == ["remote:abuse"]
        assert [(v.is_checked, v.score) for v in verdicts()] == [(True, 0.95)]
        everything_adds_up()


def test_it_counts_once(app: Flask, client: FlaskClient, promised: tuple[str, str]) -> None:
    secret, token = promised
    assert answer(client, secret, token).status_code == 204
    again_ = answer(client, secret, token, SURE)
    assert again_.status_code == 409
    assert "answered already" in said(again_)
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        assert verdicts() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"webhook_signature": "v1,AAAA"}, 403, "does not fit"),
        ({"webhook_timestamp": "1000000000"}, 400, "more than five minutes"),
        ({"webhook_id": "another"}, 400, "not the id in the address"),
        ({"webhook_signature": ""}, 400, "webhook-signature is missing"),
    ],
)
def test_who_cannot_sign_is_not_heard(
    app: Flask, promised: tuple[str, str], change: dict[str, str], code: int, sentence: str
) -> None:
    refused = answer(app.test_client(), *promised, SURE, **change)
    assert refused.status_code == code
    assert sentence in said(refused)
    assert "Set-Cookie" not in refused.headers
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        assert asked().answered_at is None


def test_ids_that_nobody_waits_for(
    app: Flask, client: FlaskClient, promised: tuple[str, str]
) -> None:
    secret, token = promised
    assert answer(client, secret, "made-up").status_code == 404
    with clock.at(clock.now() + timedelta(hours=25)):
        too_late = answer(client, secret, token)
    assert too_late.status_code == 404
    assert "more than 24 hours ago" in said(too_late)


def test_what_it_sends_is_no_answer(client: FlaskClient, promised: tuple[str, str]) -> None:
    secret, token = promised
    bodies = [b"{", b'{"verdicts": [{"score": 2}]}', b'{"text": "our own question"}']
    for body in bodies:
        headers = signature(secret, token, int(clock.now().timestamp()), body)
        refused = client.post(f"/screening/answers/{token}", data=body, headers=headers)
        assert refused.status_code == 400
    huge = client.post(f"/screening/answers/{token}", data=b" " * 70_000)
    assert huge.status_code == 413
    assert "at most 65,536 bytes" in said(huge)
    assert answer(client, secret, token).status_code == 204


def test_a_site_without_a_checker_hears_nobody(client: FlaskClient) -> None:
    refused = answer(client, "whsec_AAAA", "made-up")
    assert refused.status_code == 403


def test_about_a_comment_that_was_not_stored_nobody_is_heard(
    app: Flask, client: FlaskClient
) -> None:
    with listening(answers(202)) as checker:
        secret = with_checker(app, checker.url)
        with app.app_context():
            site = factories.site()
            site.stored_settings = {"screening": {"modes": {"remote": "live"}}}
            db.session.commit()
        handed_in(app)
        (question,) = checker.asked
        with app.app_context():
            db.session.delete(asked())
            db.session.commit()
    assert answer(client, secret, question.told["id"], SURE).status_code == 404


def test_words_that_a_person_has_approved_stay(
    app: Flask, client: FlaskClient, promised: tuple[str, str]
) -> None:
    with app.app_context():
        about = comment()
        factories.report(about)
        factories.decision(about, Action.APPROVE)
        db.session.commit()
    assert answer(client, *promised, SURE).status_code == 204
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        assert db.session.scalar(select(Report).where(Report.checker.is_not(None))) is None
        everything_adds_up()


def test_words_that_are_hidden_open_no_new_case(
    app: Flask, client: FlaskClient, promised: tuple[str, str]
) -> None:
    with app.app_context():
        about = comment()
        factories.report(about)
        factories.decision(about, Action.HIDE)
        db.session.commit()
    assert answer(client, *promised, SURE).status_code == 204
    with app.app_context():
        assert factories.case_of(comment()).closed_at is not None
        assert [verdict.score for verdict in verdicts()] == [0.95]
        everything_adds_up()


def test_words_that_were_blanked_are_not_missed(
    app: Flask, client: FlaskClient, promised: tuple[str, str]
) -> None:
    with app.app_context():
        db.session.execute(update(Revision).values(body="", html="", blanked_at=clock.now()))
        db.session.commit()
    assert answer(client, *promised, {"score": 1.0}).status_code == 204
    with app.app_context():
        assert verdicts() == []


def test_switched_off_meanwhile(app: Flask, client: FlaskClient, promised: tuple[str, str]) -> None:
    with app.app_context():
        factories.site().stored_settings = {}
        db.session.commit()
    refused = answer(client, *promised, SURE)
    assert refused.status_code == 409
    assert "switched its own checker off" in said(refused)


def test_a_promise_that_is_not_kept_is_a_failure_and_asked_again(app: Flask) -> None:
    with listening(answers(202)) as checker:
        with_checker(app, checker.url)
        handed_in(app)
        with app.app_context():
            again.ask_due(lambda: True)
            assert len(checker.asked) == 1  # there is time
            with clock.at(clock.now() + timedelta(minutes=11)):
                again.ask_due(lambda: True)
                (line,) = health.line(factories.site())
                assert line[1:] == (clock.now(), "1 comment is unchecked")
                assert "and has not" in verdicts()[0].why[0]
                assert len(checker.asked) == 2
            assert checker.asked[0].told["id"] == checker.asked[1].told["id"]
            assert checker.asked[1].told["comment"] == str(comment().id)
            checker.reply = says()
            with clock.at(clock.now() + timedelta(minutes=30)):
                again.ask_due(lambda: True)
                assert health.line(factories.site()) == []
            assert verdicts() == []
