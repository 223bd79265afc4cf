"""A comment handed in: the publisher's checker is asked first, and whatever it does it is taken."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from moderation import clock
from moderation.articles.models import Article, Mode, ModeReason
from moderation.cases.decisions import Decision, DecisionRole, How
from moderation.cases.models import Report
from moderation.cases.verdicts import Screened
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.remote.models import RemoteAsk
from tests import factories, pages
from tests.cases.after import everything_adds_up
from tests.screening.remote.checker import (
    Reply,
    answers,
    closes,
    drips,
    listening,
    says,
    sends,
    signed_by,
)
from tests.screening.remote.site import (
    WORDS,
    asked,
    comment,
    hand_in,
    handed_in,
    verdicts,
    with_rule,
)
from tests.screening.remote.site import with_checker as site_with

SURE = {"clause": "abuse", "score": 0.95, "spans": [[4, 8]], "why": ["It says “tram”."]}


def test_what_it_is_told_and_how_it_is_signed(app: Flask) -> None:
    with listening(says()) as checker:
        secret = site_with(app, checker.url)
        handed_in(app)
    (question,) = checker.asked
    assert signed_by(secret, question)
    told = question.told
    assert question.headers["content-type"] == "application/json"
    assert told["text"] == WORDS
    assert told["id"] == question.headers["webhook-id"]
    assert told["answer_to"] == f"http://localhost/screening/answers/{told['id']}"
    assert told["article"]["slug"] == "harbour-tram"
    assert told["article"]["url"] == "http://localhost/articles/harbour-tram"
    assert "contempt_terms" not in told["article"]
    assert told["author"]["comments"] == 0
    assert isinstance(told["author"]["id"], str)
    assert b"Person" not in question.body
    assert b"@" not in question.body
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        assert verdicts() == []
        assert asked().answered_at is not None


def test_a_sure_verdict_asks_for_a_first_look(app: Flask) -> None:
    with listening(says(SURE, {"score": 0.3, "why": ["A new device."]})) as checker:
        site_with(app, checker.url)
        handed_in(app)
    with app.app_context():
        assert comment().status is Status.PENDING
        arrival = db.session.execute(
            select(Decision).where(Decision.role == DecisionRole.EFFECTIVE)
        ).scalar_one()
        assert (arrival.checker, arrival.decided_how) == ("remote:abuse", How.RULE)
        report = db.session.execute(
            select(Report).where(Report.checker == "remote:abuse")
        ).scalar_one()
        assert report.explanation == "It says “tram”."
        signal, sure = sorted(verdicts(), key=lambda verdict: verdict.score)
        assert (sure.spans, sure.report_at, sure.hold_at) == ([[4, 8]], 0.5, 0.9)
        assert (signal.clause_code, signal.would) == (None, "nothing")
        everything_adds_up()


def test_in_the_shadow_nothing_follows(app: Flask) -> None:
    with listening(says(SURE)) as checker:
        site_with(app, checker.url, mode="shadow", closed=True)
        handed_in(app)
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        assert [verdict.would for verdict in verdicts()] == ["hold"]
        assert db.session.scalar(select(Report)) is None


def test_switched_off_it_is_not_asked(app: Flask) -> None:
    with listening(says(SURE)) as checker:
        site_with(app, checker.url, mode="off")
        handed_in(app)
    assert checker.asked == []
    with app.app_context():
        assert db.session.scalar(select(RemoteAsk)) is None


def test_a_clause_that_the_policy_does_not_have_is_a_signal(app: Flask) -> None:
    with listening(says({"clause": "rudeness", "score": 1.0, "why": ["Rude."]})) as checker:
        site_with(app, checker.url)
        handed_in(app)
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        (verdict,) = verdicts()
        assert verdict.checker == "remote"
        assert "names the clause “rudeness”, which the policy does not have" in verdict.why[0]


FAILURES: list[tuple[Reply, str]] = [
    (closes, "The connection broke"),
    (answers(500, b"oh"), "It answered with status 500"),
    (answers(302, b"", "Location: http://127.0.0.1/"), "a redirect (302), which is not followed"),
    (answers(200, b"<html>"), "The answer is not JSON."),
    (answers(200, b'{"verdicts": [{"score": 7}]}'), '"score" is a probability'),
    (answers(200, b" " * 70_000), "longer than 65,536 bytes"),
    (sends(b"SSH-2.0-OpenSSH_9\r\n"), "The connection broke"),
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("reply", "why"), FAILURES)
def test_whatever_it_does_the_comment_is_taken(app: Flask, reply: Reply, why: str) -> None:
    with listening(reply) as checker:
        site_with(app, checker.url)
        handed_in(app)
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        (verdict,) = verdicts()
        assert verdict.is_checked is False
        assert verdict.why[0].startswith("The publisher’s own checker did not look at it.")
        assert why in verdict.why[0]
        assert asked().again_at is not None


def test_out_of_time_it_counts_as_unchecked(app: Flask) -> None:
    gone = threading.Event()
    with listening(drips(b"HTTP/1.1 200 OK\r\n" * 100, gone)) as checker:
        site_with(app, checker.url, limit_ms=50)
        handed_in(app)
        assert gone.wait(5)
    with app.app_context():
        assert comment().status is Status.PUBLISHED
        assert "It did not answer within 0.05 seconds." in verdicts()[0].why[0]


def test_failing_closed_a_comment_waits_for_a_first_look(app: Flask) -> None:
    with listening(answers(500)) as checker:
        site_with(app, checker.url, closed=True)
        reader = factories.signed_in(app, Role.COMMENTER)
        assert hand_in(reader).status_code == 303
    with app.app_context():
        held = comment()
        assert held.status is Status.PENDING
        arrival = db.session.execute(
            select(Decision).where(Decision.role == DecisionRole.EFFECTIVE)
        ).scalar_one()
        assert (arrival.action, arrival.checker, arrival.clause_id) == (Action.HOLD, "remote", None)
        assert factories.case_of(held).closed_at is None
        everything_adds_up()
    assert pages.page(reader, "/me/comments").status == 200
    assert "waiting" in pages.page(reader, "/me/comments").text.lower()
    card = pages.page(factories.signed_in(app, Role.MODERATOR), "/review")
    assert WORDS in card.text


def test_nothing_is_open_while_it_is_asked(app: Flask) -> None:
    """Another writer can commit, and the question is not sent from within a transaction."""
    open_now: list[int] = []

    def begun(_connection: object) -> None:
        open_now.append(1)

    def ended(_connection: object) -> None:
        open_now.pop()

    seen: list[int] = []
    say_nothing = says()

    def look(connection: object) -> None:
        seen.append(len(open_now))
        say_nothing(connection)  # type: ignore[arg-type]

    with listening(look) as checker:
        site_with(app, checker.url)
        reader = factories.signed_in(app, Role.COMMENTER)
        with app.app_context():
            engine = db.engine
        event.listen(engine, "begin", begun)
        event.listen(engine, "commit", ended)
        event.listen(engine, "rollback", ended)
        assert hand_in(reader).status_code == 303
    assert seen == [0]


def test_a_dead_checker_is_soon_not_asked_any_more(app: Flask) -> None:
    with listening(answers(503)) as checker:
        site_with(app, checker.url)
        for number in range(5):
            handed_in(app, f"Comment number {number} about the third pier.")
        assert len(checker.asked) == 3
        checker.reply = says()
        with clock.at(clock.now() + timedelta(minutes=5)):
            handed_in(app, "And now it is well.")
            handed_in(app, "And well it stays.")
        assert len(checker.asked) == 5
    with app.app_context():
        whys = [verdict.why[0] for verdict in verdicts()]
        assert len(whys) == 5
        assert "left alone for a while" in whys[-1]


def test_what_is_refused_anyway_is_not_sent(app: Flask) -> None:
    with listening(says()) as checker:
        site_with(app, checker.url)
        with app.app_context():
            article = db.session.execute(select(Article)).scalar_one()
            article.mode, article.mode_reason = Mode.CLOSED, ModeReason.EDITORIAL
            db.session.commit()
        assert hand_in(factories.signed_in(app, Role.COMMENTER)).status_code == 400
    assert checker.asked == []
    with app.app_context():
        assert db.session.scalar(select(Comment)) is None


def test_rules_may_ask_what_it_said(app: Flask) -> None:
    with listening(says({"clause": "abuse", "score": 0.4})) as checker:
        site_with(app, checker.url)
        with app.app_context():
            with_rule('verdicts.exists(v, v.phase == "remote" && v.score > 0.3)')
            db.session.commit()
        handed_in(app)
    with app.app_context():
        assert [verdict.checker for verdict in verdicts("rule")] == ["rule:asks-others"]
        assert db.session.execute(select(Screened)).scalar_one().is_flagged
