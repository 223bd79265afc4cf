"""The worker learns at night and when asked; it stops, dies and breaks without harm."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, update

from moderation import clock
from moderation.cli import main
from moderation.comments.status import Action
from moderation.database import db
from moderation.screening.risk import duty, learning, service
from moderation.screening.risk.models import LearnedModel, LearningState
from tests import factories
from tests.screening.risk_learning.newsroom import (
    decided,
    learned,
    newest,
    offered,
    weeks,
)

NIGHT = datetime(2031, 5, 6, 2, 30, tzinfo=UTC)


def test_it_learns_at_night_where_something_is_new(app: Flask) -> None:
    def asked(moment: datetime) -> int:
        with clock.at(moment), app.app_context():
            duty.ask_at_night(lambda: True)
            found = db.session.scalar(
                select(func.count())
                .select_from(LearnedModel)
                .where(LearnedModel.state == LearningState.WAITING)
            )
            duty.learn_waiting(lambda: True)
        return found or 0

    with clock.at(NIGHT), app.app_context():
        decided(weeks(300))
        db.session.commit()
    assert asked(NIGHT) == 0
    with clock.at(NIGHT), app.app_context():
        decided(weeks())
        db.session.commit()
    assert asked(NIGHT.replace(hour=12)) == 0
    assert asked(NIGHT) == 1
    assert asked(NIGHT + timedelta(hours=1)) == 0
    assert asked(NIGHT + timedelta(days=1)) == 0
    with clock.at(NIGHT + timedelta(hours=5)), app.app_context():
        about = factories.comment("Something new.")
        factories.report(about)
        factories.decision(about, Action.APPROVE)
        db.session.commit()
    assert asked(NIGHT + timedelta(days=2)) == 1


def test_a_worker_that_is_told_to_stop_hands_it_back(app: Flask) -> None:
    with app.app_context():
        decided(weeks())
        model_id = service.ask(factories.site()).id
        assert service.ask(factories.site()).id == model_id
        db.session.commit()
        duty.learn(model_id, lambda: False)
        assert newest().state is LearningState.WAITING
        duty.learn_waiting(lambda: True)
        assert newest().state is LearningState.OFFERED


def test_what_a_dead_worker_held_is_taken_up_again(app: Flask) -> None:
    with app.app_context():
        decided(weeks(100))
        model_id = service.ask(factories.site()).id
        db.session.commit()
        values = {"state": LearningState.RUNNING, "touched_at": clock.now()}
        db.session.execute(update(LearnedModel).values(**values))
        db.session.commit()
        assert not duty.learn(model_id, lambda: True)
        with clock.at(clock.now() + duty.LOST + timedelta(seconds=1)):
            duty.learn_waiting(lambda: True)
        assert newest().state is LearningState.TOO_FEW


def test_whoever_was_taken_for_dead_writes_nothing_over_the_other(app: Flask) -> None:
    with app.app_context():
        decided(weeks())
        model_id = service.ask(factories.site()).id
        db.session.commit()

        def somebody_else_takes_it() -> bool:
            values = {"touched_at": clock.now() + timedelta(seconds=1), "done": 77}
            db.session.execute(update(LearnedModel).values(**values))
            db.session.commit()
            return True

        duty.learn(model_id, somebody_else_takes_it)
        assert (newest().state, newest().done) == (LearningState.RUNNING, 77)


def test_what_breaks_is_said_and_what_was_offered_stays(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with app.app_context():
        offered()
        decided(weeks())
        db.session.commit()
    monkeypatch.setattr(learning, "learn", broken)
    assert learned(app) is LearningState.FAILED
    assert learned(app) is LearningState.FAILED
    with app.app_context():
        states = sorted(row.state.value for row in db.session.scalars(select(LearnedModel)))
    assert states == ["failed", "offered"]


def test_learning_from_the_terminal(app: Flask) -> None:
    with app.app_context():
        decided(weeks())
        db.session.commit()
    done = CliRunner().invoke(main, ["model", "learn", "--site", "main"], obj=app)
    assert done.exit_code == 0, done.output
    assert "600 decisions, 100 of them restrictions." in done.output
    assert "What was learned is better than the shipped model." in done.output
    assert "measured with 180 newer ones, 30 of them restrictions." in done.output
    with app.app_context():
        assert newest().state is LearningState.OFFERED
