"""A newsroom's decisions become a model of its own, one click forth and one click back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from moderation import clock
from moderation.cases.verdicts import StoredVerdict
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
from moderation.screening.risk import learning, service
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
def test_nothing_readable_is_kept() -> None:
    row = offered()
    kept = f"{row.weights!r} {row.result} {row.version}"
    assert UNWANTED not in kept
    assert "station" not in kept


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
