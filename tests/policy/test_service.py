"""Versions follow one another, and none ever changes."""

import tomllib
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from moderation.database import db
from moderation.errors import Missing
from moderation.events.models import Event
from moderation.policy import service
from moderation.policy.models import Clause, PolicyVersion
from tests import factories

pytestmark = pytest.mark.usefixtures("context")

LATE = (
    "INSERT INTO clause (id, version_id, position, code, title, text, plain, covered,"
    " not_covered, severity, lane, ground, legal_ground, category, default_action)"
    " SELECT 7, version_id, 99, 'late', title, text, plain, covered, not_covered, severity,"
    " lane, ground, legal_ground, category, default_action FROM clause WHERE code = 'abuse'"
)


def written(**changes: Any) -> dict[str, Any]:
    return {**tomllib.loads(service.STARTER.read_text("utf-8")), **changes}


def test_the_next_version_is_in_force_and_the_old_one_can_still_be_read() -> None:
    before = service.in_force(factories.site())
    fresh = service.publish(factories.site(), written(changes="Clearer words.\0"))
    assert (before.number, fresh.number) == (1, 2)
    assert service.in_force(factories.site()) is fresh
    assert service.find_version(factories.site(), 1) is before
    assert fresh.changes == "Clearer words."
    assert factories.clause("abuse").version_id == fresh.id
    events = select(Event).where(Event.kind == "policy-published").order_by(Event.id)
    assert [event.facts["number"] for event in db.session.scalars(events)] == [1, 2]


def test_what_is_no_policy_is_not_published() -> None:
    with pytest.raises(service.NotAPolicy) as refused:
        service.publish(factories.site(), {"title": "Rules", "clause": [{}]})
    assert len(refused.value.problems) > 8
    assert service.in_force(factories.site()).number == 1


def test_a_version_nobody_published_is_missing() -> None:
    with pytest.raises(Missing, match="no version 7"):
        service.find_version(factories.site(), 7)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE clause SET text = 'Anything goes.'",
        "UPDATE clause SET version_id = version_id, severity = 1 WHERE code = 'threats'",
        "DELETE FROM clause",
        "UPDATE policy_version SET redress = ''",
        "UPDATE policy_version SET published_at = NULL",
        LATE,
    ],
)
def test_the_database_keeps_what_is_published(change: str) -> None:
    db.session.commit()
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        db.session.execute(text(change))


def test_a_clause_is_kept_even_from_the_models() -> None:
    factories.clause("abuse").text = "Anything goes."
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        db.session.flush()
    db.session.rollback()
    assert db.session.scalar(select(Clause.text).where(Clause.code == "abuse")) != "Anything goes."


def test_what_is_not_yet_published_can_still_be_put_together() -> None:
    site = factories.site()
    draft = PolicyVersion(
        site_id=site.id, number=9, title="Draft", introduction="", redress="", changes=""
    )
    db.session.add(draft)
    db.session.flush()
    draft.title = "Better"
    db.session.flush()
    assert service.in_force(site).number == 1
