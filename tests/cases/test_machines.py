"""Machines report and may ask for a look; they never decide, and are measured as anybody is."""

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.cases import evidence, machines, reporting
from moderation.cases.decisions import Decision, DecisionRole, How, Statement
from moderation.cases.models import Outcome, Report
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from tests import factories
from tests.cases.after import everything_adds_up, letters

pytestmark = pytest.mark.usefixtures("context")


def reported(about: Comment, checker: str = "risk:attack", code: str = "abuse") -> Report | None:
    return reporting.report_by_checker(
        about, checker=checker, clause=factories.clause(code), explanation="Says “moron”."
    )


def held(about: Comment) -> Decision | None:
    return machines.hold(about, checker="remote", version="3", clause=factories.clause("hatred"))


def test_a_report_by_a_machine_opens_a_case_and_tells_nobody() -> None:
    about = factories.comment("You moron.")
    reported(about)
    case = factories.case_of(about)
    factories.decision(about, Action.HIDE)
    report = db.session.execute(select(Report)).scalar_one()
    assert (report.outcome, report.reporter_id, report.email) == (Outcome.UPHELD, None, None)
    assert case.closed_at is not None
    assert letters("outcome:") == []
    everything_adds_up()


def test_a_machine_says_a_thing_once() -> None:
    about = factories.comment()
    assert reported(about) is not None
    assert reported(about) is None
    assert reported(about, "words:abuse") is not None


def test_what_a_person_approved_is_not_reported_again() -> None:
    about = factories.comment()
    reported(about)
    factories.decision(about, Action.APPROVE)
    assert reported(about, "words:abuse") is None
    assert reported(about, "words:hatred", "hatred") is not None


def test_a_machine_that_was_right_weighs_more() -> None:
    for _ in range(6):
        about = factories.comment()
        reported(about, "risk:attack")
        factories.decision(about, Action.HIDE)
    for _ in range(6):
        about = factories.comment()
        reported(about, "words:abuse")
        factories.decision(about, Action.APPROVE)
    about = factories.comment()
    both = [reported(about, "risk:attack"), reported(about, "words:abuse")]
    weights = evidence.precisions([report for report in both if report])
    assert list(weights.values()) == [8 / 10, 2 / 10]


def test_a_comment_hidden_on_a_machines_word_says_so_to_its_author() -> None:
    about = factories.comment()
    reported(about)
    decision = factories.decision(about, Action.HIDE)
    assert decision.detected_how is How.RULE
    statement = db.session.get_one(Statement, decision.id)
    assert statement.detection == "One of our automatic rules noticed it. A person decided."


def test_a_late_hold_is_a_restriction_with_its_statement() -> None:
    about = factories.comment()
    decision = held(about)
    assert decision is not None
    assert about.status is Status.PENDING
    statement = db.session.get_one(Statement, decision.id)
    assert "automatic checks" in statement.explanation
    assert statement.detection.endswith("The decision was automatic.")
    assert letters(f"statement:{decision.id}") == [f"statement:{decision.id}"]
    assert factories.case_of(about).closed_at is None
    everything_adds_up()


def test_a_held_comment_approved_is_back_and_its_author_told() -> None:
    about = factories.comment()
    held(about)
    decision = factories.decision(about, Action.APPROVE)
    assert about.status is Status.PUBLISHED
    assert letters("restored:") == [f"restored:{decision.id}"]
    everything_adds_up()


def test_no_machine_overrules_a_person() -> None:
    about = factories.comment()
    reported(about)
    factories.decision(about, Action.APPROVE)
    assert held(about) is None
    assert about.status is Status.PUBLISHED


def test_a_shadow_changes_nothing(context: Flask) -> None:
    about = factories.comment()
    before = about.article.version
    machines.shadow(
        about,
        checker="risk:hate",
        version="1",
        clause=factories.clause("hatred"),
        site=factories.site(),
    )
    shadow = db.session.execute(
        select(Decision).where(Decision.role == DecisionRole.SHADOW)
    ).scalar_one()
    assert (shadow.action, shadow.checker) == (Action.HOLD, "risk:hate")
    db.session.refresh(about.article)
    assert (about.status, about.article.version) == (Status.PUBLISHED, before)
    everything_adds_up()
