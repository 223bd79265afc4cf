"""A newsroom's decisions become a model of its own, one click forth and one click back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import event, func, select, update

from moderation import clock
from moderation.cases import decide
from moderation.cases.decisions import How
from moderation.cases.verdicts import StoredVerdict
from moderation.cli import main
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Conflict, Refused
from moderation.events.models import Event
from moderation.people.roles import Role
from moderation.screening import kit
from moderation.screening import service as screening
from moderation.screening.budget import numbers
from moderation.screening.normal import normalised
from moderation.screening.risk import duty, learning, service
from moderation.screening.risk.comparing import Outcome
from moderation.screening.risk.model import Model
from moderation.screening.risk.models import LearnedModel, LearningState
from moderation.sites import service as sites
from tests import factories
from tests.screening.budget.rows import said as machine_said
from tests.screening.risk_learning.newsroom import (
    UNWANTED,
    by_chance,
    decided,
    learned,
    newest,
    offered,
    weeks,
)

NIGHT = datetime(2031, 5, 6, 2, 30, tzinfo=UTC)
TEXT = f"The {UNWANTED} match at the station again."


def use(model_id: int) -> LearnedModel:
    row = service.use(factories.site(), model_id, by=factories.person(Role.LEAD))
    db.session.commit()
    return row


def outcome(head: str = "attack") -> str:
    found: str = newest().result["heads"][head]["outcome"]
    return found


def test_too_few_decisions_teach_nothing(app: Flask) -> None:
    said = weeks(learning.DECISIONS - 1)
    assert learned(app, before=lambda: decided(said)) is LearningState.TOO_FEW
    with app.app_context():
        row = newest()
        assert (row.decisions, row.restrictions) == (499, 84)
        assert row.weights is None
        assert service.model(factories.site()) is Model.shipped()


def test_what_was_learned_is_better_and_offered(app: Flask) -> None:
    assert learned(app, before=lambda: decided(weeks())) is LearningState.OFFERED
    with app.app_context():
        assert outcome() == Outcome.BETTER.value
        assert newest().version.startswith(f"{Model.shipped().version}+20")
        assert service.model(factories.site()) is Model.shipped()


def test_what_is_not_better_is_not_offered(app: Flask) -> None:
    assert learned(app, before=lambda: decided(by_chance())) is LearningState.NOT_BETTER
    with app.app_context():
        assert outcome() == Outcome.NOT_BETTER.value
        row_id = newest().id
        with pytest.raises(Refused, match="not offered"):
            use(row_id)


def test_what_is_offered_is_used_by_one_click_and_left_by_another(app: Flask) -> None:
    with app.app_context():
        model_id = offered().id
        site = factories.site()
        before = kit.of(site).model
        assert before is Model.shipped()
        version = use(model_id).version
        assert version.startswith(f"{Model.shipped().version}+20")

        about = hand_in(TEXT)
        said = verdict_on(about)
        assert said.version == version
        assert said.score > attack(before)
        service.back_to_shipped(site, model_id, by=factories.person(Role.LEAD))
        db.session.commit()
        assert verdict_on(hand_in(TEXT)).version == Model.shipped().version
        assert newest().state is LearningState.RETURNED

        use(model_id)
        assert kit.of(site).model.version == version
        kinds = list(db.session.scalars(select(Event.kind).order_by(Event.id)))
        chosen = [kind for kind in kinds if kind.startswith("risk-model")]
        assert chosen == ["risk-model-used", "risk-model-returned", "risk-model-used"]


def hand_in(text: str) -> Comment:
    """A new comment, screened as it arrives."""
    site, on, by = factories.site(), factories.article(), factories.person()
    looked = screening.look(site, on, author=by, body=text)
    about = factories.comment(text, on=on, by=by)
    screening.keep(about, looked, site=site)
    db.session.commit()
    return about


def verdict_on(about: Comment) -> StoredVerdict:
    return db.session.execute(
        select(StoredVerdict).where(
            StoredVerdict.comment_id == about.id, StoredVerdict.checker == "risk:attack"
        )
    ).scalar_one()


def attack(model: Model) -> float:
    return model.score(normalised(TEXT))["attack"].probability


@pytest.mark.usefixtures("context")
def test_numbers_tell_the_learned_version_from_the_shipped_one() -> None:
    for version in ("1", "1+2031-05-06.0230"):
        about = factories.comment()
        factories.report(about)
        machine_said(about, "risk:attack", version)
        factories.decision(about, Action.HIDE)
    found = numbers.numbers(factories.site(), clock.now() - timedelta(days=1)).checkers
    assert {one.version for one in found} == {"1", "1+2031-05-06.0230"}


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


@pytest.mark.usefixtures("context")
def test_nothing_readable_is_kept() -> None:
    row = offered()
    kept = f"{row.weights!r} {row.result} {row.version}"
    assert UNWANTED not in kept
    assert "station" not in kept


def test_the_same_words_count_once(app: Flask) -> None:
    said = [*weeks(560), *[("The same words from many accounts.", True)] * 60]
    learned(app, before=lambda: decided(said))
    with app.app_context():
        row = newest()
        assert row.decisions == 620
        found = row.result["heads"]["attack"]
        assert found["taught"][0] + found["measured"][0] == 561


def test_the_newest_learning_replaces_the_last_but_not_what_is_in_use(app: Flask) -> None:
    with app.app_context():
        used = use(offered().id).id
        passed = offered().id
        decided(weeks())
        db.session.commit()
    assert learned(app) is LearningState.OFFERED
    with app.app_context():
        assert newest().result["heads"]["attack"]["in_use"]
        rows = {row.id: row.state for row in db.session.scalars(select(LearnedModel))}
        assert rows == {used: LearningState.IN_USE, newest().id: LearningState.OFFERED}
        with pytest.raises(Conflict, match="Look again"):
            use(passed)
        db.session.rollback()
        use(newest().id)
        with pytest.raises(Conflict, match="Look again"):
            service.back_to_shipped(factories.site(), used, by=factories.person(Role.LEAD))


@pytest.mark.usefixtures("context")
def test_what_corrects_another_shipped_model_rests() -> None:
    row = use(offered().id)
    row.base = "0"
    db.session.flush()
    assert service.model(factories.site()) is Model.shipped()
    row.state = LearningState.OFFERED
    with pytest.raises(Refused, match="older shipped model"):
        use(row.id)


@pytest.mark.usefixtures("context")
def test_what_cannot_be_read_stops_nobody() -> None:
    row = use(offered().id)
    row.weights = b"broken"
    db.session.flush()
    assert service.model(factories.site()) is Model.shipped()


@pytest.mark.usefixtures("context")
def test_another_site_is_not_touched() -> None:
    main_site = factories.site()
    row = offered(main_site)
    decided(weeks(10))
    other = sites.add("other", name="Other", url="http://other.example", host="other.example")
    version = other.screening_version
    lead = factories.person(Role.LEAD)
    service.use(main_site, row.id, by=lead)
    assert service.model(main_site).version == row.version
    assert service.model(other) is Model.shipped()
    assert other.screening_version == version
    assert service.decided(other) == []
    with pytest.raises(Conflict):
        service.use(other, row.id, by=lead)


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


def test_reading_the_decisions_is_one_query(context: Flask) -> None:
    decided(weeks(40))
    site, seen = factories.site(), []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    assert len(service.decided(site)) == 40
    assert len(seen) == 1
