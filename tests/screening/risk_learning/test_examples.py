"""What is learned from: what people decided and stands, each wording once, and no erased word."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from moderation.cases import decide
from moderation.cases.decisions import How
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.risk import duty, learning, service
from moderation.screening.risk.models import LearningState
from tests import factories
from tests.screening.risk_learning.newsroom import (
    decided,
    learned,
    newest,
    weeks,
)


@pytest.mark.usefixtures("context")
def test_only_what_people_decided_and_stands_is_learned_from() -> None:
    site = factories.site()
    reported = factories.comment("Somebody reported it.")
    factories.report(reported)
    assert service.decided(site) == []

    undone = factories.comment("Hidden, and taken back.")
    factories.report(undone)
    ann = factories.moderator()
    decide.undo(factories.decision(undone, Action.HIDE, by=ann), by=ann)
    assert service.decided(site) == []

    other = factories.comment("Off the topic.")
    factories.report(other, "off-topic")
    factories.decision(other, Action.HIDE, code="off-topic")
    assert service.decided(site) == []

    hidden = factories.comment("Hidden as spam, and restored since.")
    factories.report(hidden, "spam")
    factories.decision(hidden, Action.HIDE, code="spam")
    assert [one.head for one in service.decided(site)] == ["spam"]
    factories.decision(hidden, Action.RESTORE)
    assert [one.head for one in service.decided(site)] == [None]


@pytest.mark.usefixtures("context")
def test_what_a_lead_holds_again_is_open_again() -> None:
    about = factories.comment("Approved, then held.")
    factories.report(about)
    factories.decision(about, Action.APPROVE)
    assert len(service.decided(factories.site())) == 1
    factories.report(about, "hatred")
    factories.decision(about, Action.HOLD, by=factories.person(Role.LEAD))
    assert service.decided(factories.site()) == []


@pytest.mark.usefixtures("context")
def test_what_was_drawn_by_chance_counts_most_and_what_machines_brought_least() -> None:
    decided([("Reported by a reader.", True)], how=How.REPORT)
    decided([("Named by a machine.", True)], how=How.RULE)
    drawn = factories.comment("Drawn by chance.")
    factories.report(drawn)
    factories.case_of(drawn).is_sample = True
    factories.decision(drawn, Action.APPROVE)
    db.session.flush()
    counts = {one.counts for one in service.decided(factories.site())}
    assert counts == {1.0, learning.BY_MACHINE, learning.DRAWN}


def test_erased_words_are_not_read(app: Flask) -> None:
    with app.app_context():
        keys = decided(weeks(learning.DECISIONS))
        blank(keys[0])
        db.session.commit()
    assert learned(app) is LearningState.TOO_FEW
    with app.app_context():
        assert newest().decisions == learning.DECISIONS - 1


def test_words_erased_while_it_reads_are_not_learned(app: Flask) -> None:
    def erase(done: list[int]) -> Callable[[], bool]:
        def keep_on() -> bool:
            if not done:
                done.append(1)
                blank(keys[0])
                db.session.commit()
            return True

        return keep_on

    with app.app_context():
        keys = decided(weeks())
        model_id = service.ask(factories.site()).id
        db.session.commit()
        assert duty.learn(model_id, erase([]))
        row = newest()
        assert row.result["heads"]["attack"]["taught"][0] == round(599 * 0.7)


def blank(revision_id: int) -> None:
    """As erasure does."""
    db.session.connection().exec_driver_sql(
        "UPDATE revision SET body = '', html = '', blanked_at = '2031-01-01 00:00:00'"
        f" WHERE id = {revision_id}"
    )


def test_the_same_words_count_once(app: Flask) -> None:
    said = [*weeks(560), *[("The same words from many accounts.", True)] * 60]
    learned(app, before=lambda: decided(said))
    with app.app_context():
        row = newest()
        assert row.decisions == 620
        found = row.result["heads"]["attack"]
        assert found["taught"][0] + found["measured"][0] == 561


def test_reading_the_decisions_is_one_query(context: Flask) -> None:
    decided(weeks(40))
    site, seen = factories.site(), []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    assert len(service.decided(site)) == 40
    assert len(seen) == 1
