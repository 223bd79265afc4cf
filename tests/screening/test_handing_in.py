"""A comment on its way in: its author is asked once, verdicts are kept, a person decides."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.articles import service as articles
from moderation.articles.models import Article, Mode, ModeReason
from moderation.articles.service import How as ModeHow
from moderation.cases.decisions import Decision, DecisionRole, How
from moderation.cases.models import Report
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.intake import views
from moderation.screening.verdict import PhaseMode
from moderation.screening.words import service as words
from tests import factories, pages
from tests.cases.after import everything_adds_up
from tests.screening.rulebook.trial import rule

THERE = "/articles/harbour-tram"


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """Signed in, on a site with the starter lists and one article."""
    with app.app_context():
        words.give_starter(factories.site())
        factories.article(slug="harbour-tram")
        db.session.commit()
    return factories.signed_in(app)


def send(client: FlaskClient, body: str, **more: str) -> TestResponse:
    form = {"csrf_token": pages.token(client, THERE), "submission": "one", "body": body, **more}
    return client.post(f"{THERE}/comments", data=form)


def comments(app: Flask) -> list[Comment]:
    with app.app_context():
        return list(db.session.scalars(select(Comment).order_by(Comment.id)))


def test_words_without_fault_are_published_with_their_verdicts(
    app: Flask, reader: FlaskClient
) -> None:
    assert send(reader, "The tram should stop at the third pier.").status_code == 303
    assert [comment.status for comment in comments(app)] == [Status.PUBLISHED]
    with app.app_context():
        screened = db.session.execute(select(Screened)).scalar_one()
        assert screened.is_flagged is False
        assert screened.facts["author"]["comments"] == 0
        checkers = set(db.session.scalars(select(StoredVerdict.checker)))
        assert "first-comment" in checkers
        assert db.session.scalar(select(Report)) is None


def test_an_author_is_asked_before_posting_and_nothing_is_stored(
    app: Flask, reader: FlaskClient
) -> None:
    answer = send(reader, "Only a m0r0n would say <b>that</b>.")
    assert answer.status_code == 422
    assert comments(app) == []
    assert "Your comment is not posted yet" in answer.text
    assert "Personal abuse" in answer.text
    assert "<mark>m0r0n</mark> would say &lt;b&gt;that&lt;/b&gt;." in answer.text
    assert "it appears, and a moderator may look at it" in answer.text
    assert 'value="one"' in answer.text  # the same form, to be sent again


def test_posted_anyway_it_appears_and_is_reported(app: Flask, reader: FlaskClient) -> None:
    send(reader, "Only a moron would say that.")
    assert send(reader, "Only a moron would say that.", anyway="1").status_code == 303
    assert [comment.status for comment in comments(app)] == [Status.PUBLISHED]
    with app.app_context():
        report = db.session.execute(
            select(Report).where(Report.checker == "words:abuse")
        ).scalar_one()
        assert report.explanation == "On a word list: “moron”."
        assert db.session.execute(select(Screened)).scalar_one().was_nudged is True
        shadow = db.session.scalars(
            select(Decision.checker).where(Decision.role == DecisionRole.SHADOW)
        )
        assert "words:abuse" in set(shadow)
        everything_adds_up()


def test_what_asks_for_a_first_look_waits_for_a_person(app: Flask, reader: FlaskClient) -> None:
    asked = send(reader, "I know where you live.")
    assert "a moderator reads it before others see it" in asked.text
    assert send(reader, "I know where you live.", anyway="1").status_code == 303
    with app.app_context():
        held = db.session.execute(select(Comment)).scalar_one()
        assert held.status is Status.PENDING
        arrival = db.session.execute(
            select(Decision).where(Decision.role == DecisionRole.EFFECTIVE)
        ).scalar_one()
        assert (arrival.action, arrival.decided_how) == (Action.HOLD, How.RULE)
        assert arrival.checker == "words:threats"
        assert factories.case_of(held).closed_at is None
        everything_adds_up()
    mine = pages.page(reader, "/me/comments").text
    assert "An automatic check asked for a first look" in mine


def test_what_waits_anyway_is_not_promised_to_appear(app: Flask, reader: FlaskClient) -> None:
    with app.app_context():
        article = db.session.execute(select(Article)).scalar_one()
        articles.set_mode(
            article, ModeHow(Mode.PREMODERATED, ModeReason.EDITORIAL, "We read first."), by=None
        )
        db.session.commit()
    asked = send(reader, "Only a moron would say that.")
    assert "a moderator reads it before others see it" in asked.text


def test_whoever_asks_the_checks_again_and_again_is_slowed_down(
    app: Flask, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_AUTHOR", ("2/minute",))
    asked = [send(reader, f"Only a moron would say that {n} times.") for n in range(3)]
    assert [answer.status_code for answer in asked] == [422, 422, 429]
    assert comments(app) == []


def test_an_author_hears_the_clause_and_not_the_name_of_a_rule(
    app: Flask, reader: FlaskClient
) -> None:
    with app.app_context():
        rule(PhaseMode.LIVE, name="friends-of-mallory")
        db.session.commit()
    asked = send(reader, "See the blue lantern.")
    assert "Spam and advertising" in asked.text
    assert "friends-of-mallory" not in asked.text


def test_a_site_may_nudge_nobody(app: Flask, reader: FlaskClient) -> None:
    with app.app_context():
        factories.site().stored_settings = {"screening": {"nudge": False}}
        db.session.commit()
    assert send(reader, "Only a moron would say that.").status_code == 303


def test_a_phase_in_the_shadow_does_nothing_and_is_kept(app: Flask, reader: FlaskClient) -> None:
    with app.app_context():
        factories.site().stored_settings = {
            "screening": {"modes": {"words": "shadow", "risk": "shadow"}}
        }
        db.session.commit()
    assert send(reader, "I know where you live, moron.").status_code == 303
    assert [comment.status for comment in comments(app)] == [Status.PUBLISHED]
    with app.app_context():
        assert db.session.scalar(select(Report)) is None
        kept = db.session.scalars(
            select(StoredVerdict.would).where(StoredVerdict.checker == "words:threats")
        )
        assert list(kept) == ["hold"]


def test_a_phase_that_breaks_is_a_verdict_and_no_error(
    app: Flask, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moderation.screening import screen

    def broken(*_: object) -> list[object]:
        raise RuntimeError("out of order")

    monkeypatch.setitem(screen.LOOKS, "noise", broken)
    # what is worked out before the phases run
    monkeypatch.setattr("moderation.screening.repeats.service.signature", broken)
    assert send(reader, "The tram should stop at the third pier.").status_code == 303
    with app.app_context():
        unchecked = db.session.scalars(
            select(StoredVerdict).where(StoredVerdict.is_checked.is_(False))
        )
        assert {(one.phase, one.would) for one in unchecked} == {
            ("noise", "nothing"),
            ("repeats", "nothing"),
        }
