"""What was not checked is asked again in the background: with growing pauses, and not for ever."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from moderation import clock
from moderation.cases.decisions import Statement
from moderation.comments.status import Status
from moderation.database import db
from moderation.screening.health import page as health
from moderation.screening.remote import again, queries
from moderation.screening.remote.models import RemoteAsk
from moderation.screening.remote.service import MOST_TRIES
from tests import factories
from tests.cases.after import everything_adds_up
from tests.screening.remote.checker import answers, listening, says
from tests.screening.remote.site import asked, comment, handed_in, verdicts, with_checker

SURE = {"clause": "abuse", "score": 0.95}


def test_well_again_it_looks_at_what_it_missed(app: Flask) -> None:
    with listening(answers(500)) as checker:
        with_checker(app, checker.url)
        handed_in(app)
        with app.app_context():
            again.ask_due(lambda: True)
            assert len(checker.asked) == 1  # not at once
            checker.reply = says(SURE)
            with clock.at(clock.now() + timedelta(minutes=1)):
                again.ask_due(lambda: True)
            assert comment().status is Status.PENDING
            assert db.session.scalar(select(Statement)) is not None
            assert [verdict.is_checked for verdict in verdicts()] == [True]
            assert health.line(factories.site()) == []
            everything_adds_up()
    first, second = (question.told for question in checker.asked)
    assert first.pop("comment") is None
    assert second.pop("comment") is not None
    assert first == second  # what was known then


def test_it_is_given_up_in_the_end(app: Flask) -> None:
    with listening(answers(500)) as checker:
        with_checker(app, checker.url)
        handed_in(app)
        with app.app_context():
            now = clock.now()
            for hours in range(20):
                with clock.at(now + timedelta(hours=hours + 1)):
                    again.ask_due(lambda: True)
            assert len(checker.asked) == MOST_TRIES
            assert asked().again_at is None
            assert [verdict.is_checked for verdict in verdicts()] == [False]


def test_while_it_is_dead_it_is_not_asked_about_everything(app: Flask) -> None:
    with listening(answers(500)) as checker:
        with_checker(app, checker.url)
        for number in range(6):
            handed_in(app, f"Comment number {number} about the pier.")
        checker.asked.clear()
        with app.app_context(), clock.at(clock.now() + timedelta(minutes=5)):
            again.ask_due(lambda: True)
            assert len(checker.asked) == 3
            again.ask_due(lambda: True)
            assert len(checker.asked) == 3
            checker.reply = says()
            with clock.at(clock.now() + timedelta(minutes=5)):
                again.ask_due(lambda: True)
            assert verdicts() == []


def test_two_workers_do_not_ask_twice(app: Flask) -> None:
    with listening(answers(500)) as checker:
        with_checker(app, checker.url)
        handed_in(app)
    with app.app_context(), clock.at(clock.now() + timedelta(minutes=1)):
        now = clock.now()
        first = queries.claim(asked().id, now, now + again.LEASE)
        assert len(db.session.execute(first).all()) == 1
        assert db.session.execute(first).all() == []
        db.session.rollback()
    assert len(checker.asked) == 1


def test_switched_off_nobody_is_asked(app: Flask) -> None:
    with listening(answers(500)) as checker:
        with_checker(app, checker.url)
        handed_in(app)
        with app.app_context():
            factories.site().stored_settings = {}
            db.session.commit()
            with clock.at(clock.now() + timedelta(minutes=5)):
                again.ask_due(lambda: True)
    assert len(checker.asked) == 1


def test_answered_questions_are_cleared_away(app: Flask) -> None:
    with listening(says()) as checker:
        with_checker(app, checker.url)
        handed_in(app)
    with app.app_context():
        again.clear_old()
        assert asked().answered_at is not None
        with clock.at(clock.now() + timedelta(days=8)):
            again.clear_old()
        assert db.session.scalar(select(RemoteAsk)) is None
        db.session.rollback()
