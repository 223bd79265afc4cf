"""What always holds: any decision can be taken back."""

import pytest
from sqlalchemy import select

from moderation import clock
from moderation.cases import decide, reporting
from moderation.cases.stale import NotLatest
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import NotAllowed
from moderation.outbox.models import Message
from moderation.people.roles import Role
from tests import factories
from tests.cases.after import everything_adds_up, letters

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("action", [Action.HIDE, Action.APPROVE])
def test_9_undo_brings_back_status_case_deadline_and_reports(action: Action) -> None:
    comment, ann = factories.comment(), factories.moderator()
    report = factories.report(comment)
    case = factories.case_of(comment)
    due_at = case.due_at
    decision = factories.decision(comment, action, by=ann)

    decide.undo(decision, by=ann)

    assert comment.status is Status.PUBLISHED
    assert (case.closed_at, case.due_at) == (None, due_at)
    assert (report.outcome, report.settled_by_id) == (None, None)
    assert letters("outcome:") == letters("statement:") == []
    everything_adds_up()


def test_9_whoever_was_already_told_is_told_again() -> None:
    comment, ann = factories.comment(), factories.moderator()
    report = factories.report(comment)
    decision = factories.decision(comment, Action.HIDE, by=ann)
    for message in db.session.scalars(select(Message)):
        message.sent_at = clock.now()
    back = decide.undo(decision, by=ann)
    assert letters("reopened:") == [f"reopened:{report.id}:{decision.id}"]
    assert letters("restored:") == [f"restored:{back.id}"]


def test_9_a_moderator_undoes_their_own_a_lead_anybodys() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    decision = factories.decision(comment, Action.HIDE, by=ann)
    with pytest.raises(NotAllowed):
        decide.undo(decision, by=factories.moderator())
    decide.undo(decision, by=factories.person(Role.LEAD))
    with pytest.raises(NotLatest):
        decide.undo(decision, by=ann)


def test_9_only_the_decision_that_stands_can_be_undone() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    first = factories.decision(comment, Action.APPROVE, by=ann)
    factories.report(comment, "hatred")
    second = factories.decision(comment, Action.HIDE, by=ann)
    with pytest.raises(NotLatest):
        decide.undo(first, by=ann)
    decide.undo(second, by=ann)
    decide.undo(first, by=ann)
    assert factories.case_of(comment).closed_at is None
    everything_adds_up()


def test_9_an_undone_escalation_is_everybodys_again() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    case = factories.case_of(comment)
    escalated = decide.escalate(
        case, Role.LAWYER, by=ann, seen=factories.seen(case), note="Is this contempt?"
    )
    assert (case.addressee, case.lane, case.closed_at) == (Role.LAWYER, 1, None)
    decide.undo(escalated, by=ann)
    assert (case.addressee, case.lane) == (None, 2)


def test_9_an_undone_escalation_leaves_what_was_reported_since_in_its_lane() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    case = factories.case_of(comment)
    escalated = decide.escalate(
        case, Role.LEAD, by=ann, seen=factories.seen(case), note="Is this a quotation?"
    )
    factories.notice(comment, law="danger-to-life", danger=True)
    assert case.lane == 0
    decide.undo(escalated, by=ann)
    assert (case.addressee, case.lane) == (None, 0)


def test_9_a_notice_confirmed_after_its_answer_comes_back_to_the_legal_lane() -> None:
    comment, ann = factories.comment(), factories.moderator()
    notice = factories.notice(comment)
    case = factories.case_of(comment)
    assert case.lane == 2
    approved = factories.decision(comment, Action.APPROVE, by=ann)
    reporting.confirm(notice)
    decide.undo(approved, by=ann)
    assert (case.closed_at, case.lane) == (None, 1)


@pytest.mark.parametrize("reported_since", [False, True])
def test_9_a_case_that_a_hold_opened_again_closes_with_its_undo(reported_since: bool) -> None:
    comment, lead = factories.comment(), factories.person(Role.LEAD)
    factories.report(comment)
    case = factories.case_of(comment)
    factories.decision(comment, Action.APPROVE)
    held = factories.decision(comment, Action.HOLD, by=lead)
    assert case.closed_at is None
    if reported_since:
        factories.notice(comment)
    decide.undo(held, by=lead)
    assert comment.status is Status.PUBLISHED
    assert (case.closed_at is None) is reported_since
    everything_adds_up()
