"""What always holds: reports, their cases, their answers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation import clock
from moderation.cases import queries, reporting, service
from moderation.cases.models import Outcome
from moderation.cases.stale import AlreadyReported
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.outbox.models import Message
from tests import factories
from tests.cases.after import everything_adds_up, letters

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    ("action", "outcome"),
    [(Action.HIDE, Outcome.UPHELD), (Action.APPROVE, Outcome.NOT_UPHELD)],
)
def test_6_closing_a_case_answers_every_reporter_once(action: Action, outcome: Outcome) -> None:
    comment = factories.comment()
    reports = [factories.report(comment), factories.notice(comment)]
    decision = factories.decision(comment, action)
    assert {report.outcome for report in reports} == {outcome}
    told = letters("outcome:")
    assert told == [f"outcome:{report.id}:{decision.id}" for report in reports]
    for key in told:
        message = db.session.execute(select(Message).where(Message.key == key)).scalar_one()
        assert timedelta(seconds=55) < message.not_before - clock.now() < timedelta(seconds=61)


def test_7_a_notice_of_illegality_opens_a_case_whatever_was_decided() -> None:
    comment = factories.comment()
    factories.notice(comment)
    factories.decision(comment, Action.APPROVE)
    first = factories.case_of(comment)
    factories.notice(comment)
    assert factories.case_of(comment).id != first.id
    factories.decision(comment, Action.HIDE)
    factories.notice(comment)
    assert factories.case_of(comment).closed_at is None


def test_7_a_report_under_a_clause_a_person_has_ruled_out_is_answered_by_that() -> None:
    comment = factories.comment()
    factories.report(comment, "abuse")
    approved = factories.decision(comment, Action.APPROVE)
    again = factories.report(comment, "abuse")
    assert (again.outcome, again.settled_by_id) == (Outcome.NOT_UPHELD, approved.id)
    assert factories.case_of(comment).closed_at is not None
    factories.report(comment, "hatred")
    assert factories.case_of(comment).closed_at is None


def test_one_report_per_person_track_comment_and_revision() -> None:
    comment, reader = factories.comment(), factories.person()
    factories.report(comment, by=reader)
    with pytest.raises(AlreadyReported):
        factories.report(comment, "hatred", by=reader)
    first = factories.notice(comment, reporter=reader)
    assert factories.notice(comment, reporter=reader) is first


def test_withdrawing_closes_the_case_and_tells_reporters_once() -> None:
    author = factories.person()
    comment = factories.comment(by=author)
    report = factories.report(comment)
    service.withdraw(comment, by=author)
    assert comment.status is Status.WITHDRAWN
    assert report.outcome is Outcome.NO_OPINION
    assert factories.case_of(comment).closed_at is not None
    everything_adds_up()


def test_withdrawing_does_not_escape_an_open_notice() -> None:
    author = factories.person()
    comment = factories.comment(by=author)
    notice = factories.notice(comment)
    service.withdraw(comment, by=author)
    assert factories.case_of(comment).closed_at is None
    factories.decision(comment, Action.HIDE)
    assert (comment.status, notice.outcome) == (Status.WITHDRAWN, Outcome.UPHELD)
    everything_adds_up()


def test_a_new_report_only_ever_brings_a_deadline_nearer() -> None:
    comment = factories.comment()
    factories.report(comment, "hatred")
    case = factories.case_of(comment)
    before = case.due_at
    for _ in range(3):
        factories.report(comment, "off-topic")
        assert case.due_at <= before
        before = case.due_at
    factories.report(comment, "threats")
    assert (case.lane, case.due_at < before) == (0, True)


def test_a_reporters_record_counts_final_outcomes() -> None:
    proven = factories.person()
    for _ in range(8):
        other = factories.comment()
        factories.report(other, by=proven)
        factories.decision(other, Action.HIDE)
    (record,) = db.session.execute(queries.records({proven.id}, set()))
    assert tuple(record) == (proven.id, None, 8, 0)
    quick, slow = factories.comment(), factories.comment()
    factories.report(quick, by=proven)
    factories.report(slow)
    case, ordinary = factories.case_of(quick), factories.case_of(slow)
    assert case.due_at - case.opened_at < ordinary.due_at - ordinary.opened_at


def test_a_notice_waits_with_the_rest_until_its_address_is_confirmed() -> None:

    comment = factories.comment()
    notice = factories.notice(comment)
    case = factories.case_of(comment)
    assert case.lane == 2
    reporting.confirm(notice)
    assert case.lane == 1
    assert timedelta(hours=3, minutes=59) < case.due_at - clock.now() <= timedelta(hours=4)


def test_danger_to_life_or_a_child_comes_first_even_without_a_name() -> None:
    comment = factories.comment()
    factories.notice(comment, name="", email=None, danger=True)
    assert factories.case_of(comment).lane == 0


def test_nobody_can_write_into_a_notice_whose_sender_we_know() -> None:
    comment = factories.comment()
    known = factories.notice(comment, email="known@example.org", explanation="Mine.")
    reporting.confirm(known)
    other = factories.notice(comment, email="known@example.org", explanation="Not theirs.")
    assert other is not known
    assert (known.explanation, other.email, other.explanation) == ("Mine.", None, "Not theirs.")
