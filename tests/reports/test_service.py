"""Taking reports and notices: who is believed, how often, and what becomes of repeats."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from moderation import clock
from moderation.cases import decide, reporting
from moderation.cases.models import CaseKind, Outcome, Report
from moderation.cases.reporting import Notice
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Throttled
from moderation.outbox.models import Message
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.reports import queries, service
from tests import factories

pytestmark = pytest.mark.usefixtures("context")

SENDER = "marta@example.org"


def notify(comment: Comment, *, by: Person | None = None, **given: Any) -> Report:
    facts = {"law": "defamation", "explanation": "It is untrue.", "name": "Marta", "email": SENDER}
    notice = Notice(**{**facts, **given})
    network = "203.0.113.0/24"
    return service.notify(comment, notice, by=by, network=network, site=factories.site())


def letters(to: str, subject: str = "We have your notice") -> list[Message]:
    found = select(Message).where(Message.to == to, Message.subject.startswith(subject))
    return list(db.session.scalars(found.order_by(Message.id)))


def test_a_stranger_gets_one_receipt_an_hour_whatever_is_sent() -> None:
    for _ in range(3):
        notify(factories.comment())
    assert len(letters(SENDER)) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        notify(factories.comment())
    assert len(letters(SENDER)) == 2


def test_somebody_who_confirmed_their_address_gets_a_receipt_for_each_notice() -> None:
    reporting.confirm(notify(factories.comment()))
    notify(factories.comment())
    notify(factories.comment())
    assert len(letters(SENDER)) == 3


def test_a_receipt_holds_nothing_that_its_sender_wrote() -> None:
    comment = factories.comment("The words of the comment.")
    notify(comment, law="buy cheap pills", explanation="at pills.example", name="Pills Inc")
    (letter,) = letters(SENDER)
    for text in ("pills", "Pills", "words of the comment"):
        assert text not in letter.subject + letter.body
    assert "/reports/confirm/" in letter.body


def test_an_account_vouches_for_its_address_only_if_it_is_confirmed() -> None:
    known, unknown = factories.person(), factories.person(confirmed_at=None)
    sent = notify(factories.comment(), by=known)
    assert (sent.reporter_id, sent.email) == (known.id, None)
    assert factories.case_of(db.session.get_one(Comment, sent.comment_id)).lane == 1
    waiting = notify(factories.comment(), by=unknown, email=unknown.email)
    assert (waiting.reporter_id, waiting.email) == (None, unknown.email)
    assert factories.case_of(db.session.get_one(Comment, waiting.comment_id)).lane == 2


def test_a_repeated_notice_loses_nothing_and_stays_one() -> None:
    comment = factories.comment()
    first = notify(comment, explanation="Squatting on this address.")
    again = notify(comment, explanation="My neighbour is named.", law="privacy")
    assert again is first
    assert "Squatting" in first.explanation
    assert "privacy, Marta" in first.explanation
    assert "My neighbour is named." in first.explanation


def test_the_same_form_sent_twice_is_one_notice() -> None:
    comment = factories.comment()
    first = notify(comment)
    version = factories.case_of(comment).version
    assert notify(comment) is first
    assert first.explanation == "It is untrue."
    assert factories.case_of(comment).version == version


def test_a_notice_repeated_after_its_answer_opens_a_case_again() -> None:
    comment = factories.comment()
    notice = notify(comment)
    factories.decision(comment, Action.APPROVE)
    assert notice.outcome is Outcome.NOT_UPHELD
    assert notify(comment, explanation="There is a verdict now.") is notice
    assert factories.case_of(comment).closed_at is None
    open_ones = select(func.count(Report.id)).where(Report.settled_at.is_(None))
    assert db.session.scalar(open_ones) == 1


def test_a_repeat_that_speaks_of_danger_comes_first() -> None:
    comment = factories.comment()
    notify(comment)
    notify(comment, law="danger-to-life", explanation="He has a gun.", danger=True)
    assert factories.case_of(comment).lane == 0


def test_a_network_sends_ten_notices_an_hour_and_danger_is_counted_apart() -> None:
    comment = factories.comment()
    for _ in range(10):
        notify(comment, email=None)
    with pytest.raises(Throttled):
        notify(comment, email=None)
    notify(comment, email=None, danger=True)


def test_an_account_reports_thirty_times_an_hour() -> None:
    reader, article = factories.person(), factories.article()
    for _ in range(30):
        comment = factories.comment(on=article)
        service.report(comment, by=reader, clause=factories.clause(), explanation="")
    with pytest.raises(Throttled, match="You have sent many reports"):
        service.report(factories.comment(), by=reader, clause=factories.clause(), explanation="")


def test_one_confirmation_counts_for_all_notices_of_an_address() -> None:
    sent = [notify(factories.comment()), notify(factories.comment())]
    service.confirm(sent)
    for notice in sent:
        assert notice.email_confirmed_at is not None
        case = factories.case_of(db.session.get_one(Comment, notice.comment_id))
        assert (case.lane, case.kind) == (1, CaseKind.REVIEW)


def test_references_tell_nothing_and_differ() -> None:
    sent = [notify(factories.comment(), email=None) for _ in range(5)]
    assert len({each.reference for each in sent}) == 5
    for each in sent:
        assert len(each.reference) == 14
        assert str(each.id) not in each.reference


def test_what_can_be_appealed_is_what_was_turned_down_and_still_holds() -> None:
    reader, comment = factories.person(), factories.comment()
    report = factories.report(comment, by=reader)
    assert _until(report.id) is None
    approved = factories.decision(comment, Action.APPROVE)
    assert _until(report.id) is not None
    with time_machine.travel(clock.now() + timedelta(days=190)):
        assert _until(report.id) is None
    decide.undo(approved, by=factories.person(Role.LEAD))
    assert _until(report.id) is None


def _until(report_id: int) -> object:
    db.session.flush()
    db.session.expire_all()
    report = db.session.scalars(queries.one(report_id, factories.site().id)).one()
    return service.tell([report])[0].appeal_until
