"""Contesting a decision: who, when, how often."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from moderation import clock
from moderation.appeals import service
from moderation.appeals.service import AlreadyAppealed
from moderation.cases import deadlines
from moderation.cases import decide as desk
from moderation.cases import service as cases
from moderation.cases.models import CaseKind, Outcome, Report
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import Conflict, Refused
from moderation.events.models import Event
from moderation.people.roles import Role
from tests import factories
from tests.appeals.told import (
    REVERSED,
    STANDS,
    answer,
    author_of,
    hidden,
    letters,
    lodge,
    reported,
    turned_down,
)

pytestmark = pytest.mark.usefixtures("context")


def test_an_author_appeals() -> None:
    comment, decision, _report = hidden()
    appeal = service.by_author(decision, text="It was a joke.")
    case = factories.case_of(comment, CaseKind.APPEAL)
    assert (appeal.case_id, appeal.report_id) == (case.id, None)
    assert case.lane == 2
    assert timedelta(hours=71) < case.due_at - clock.now() <= timedelta(hours=72)
    assert letters("appeal-receipt") == [author_of(comment).email]
    lodged = db.session.scalars(select(Event).where(Event.kind == "appeal-lodged")).one()
    assert lodged.facts["by_author"] is True


def test_a_held_comment_is_appealed_too() -> None:
    comment, _report = reported()
    held = factories.decision(comment, Action.HOLD, by=factories.person(Role.LEAD))
    appeal = service.by_author(held, text="Why?")
    assert answer(appeal, REVERSED).action is Action.APPROVE
    assert comment.status is Status.PUBLISHED


def test_a_reporter_appeals_and_several_share_a_case() -> None:
    comment = factories.comment()
    reports = [factories.report(comment), factories.notice(comment)]
    decision = factories.decision(comment, Action.APPROVE)
    first, second = (service.by_reporter(decision, text="Look!", report=r) for r in reports)
    assert first.case_id == second.case_id
    assert factories.case_of(comment, CaseKind.APPEAL).version == 2
    assert len(letters("appeal-receipt")) == 2


@pytest.mark.parametrize("author", [True, False])
def test_one_appeal_per_decision_and_party(author: bool) -> None:
    _comment, decision, report = hidden() if author else turned_down()
    for expected in (None, AlreadyAppealed):
        if expected is None:
            lodge(decision, report, author=author)
            continue
        with pytest.raises(expected):
            lodge(decision, report, author=author)


@pytest.mark.parametrize("author", [True, False])
def test_six_months_and_not_a_day_more(author: bool) -> None:
    _comment, decision, report = hidden() if author else turned_down()
    db.session.commit()
    until = deadlines.appeal_until(decision.decided_at)
    with time_machine.travel(until + timedelta(days=1)), pytest.raises(Refused, match="six months"):
        lodge(decision, report, author=author)
    with time_machine.travel(until - timedelta(minutes=1)):
        lodge(decision, report, author=author)


@pytest.mark.parametrize("author", [True, False])
def test_nothing_to_appeal_once_taken_back(author: bool) -> None:
    _comment, decision, report = hidden() if author else turned_down()
    desk.undo(decision, by=factories.person(Role.LEAD))
    with pytest.raises(Refused):
        lodge(decision, report, author=author)


@pytest.mark.parametrize("author", [True, False])
def test_nothing_to_appeal_once_answered(author: bool) -> None:
    comment, decision, report = hidden() if author else turned_down()
    other = factories.notice(comment)
    answer(lodge(decision, report, author=author), STANDS)
    with pytest.raises(Refused, match="has been answered"):
        lodge(decision, report, author=author)
    assert other.outcome is None


def test_the_author_appeals_against_what_holds() -> None:
    comment, decision, _report = hidden()
    factories.notice(comment)
    again = factories.decision(comment, Action.HIDE)
    with pytest.raises(Refused, match="Something else has been decided"):
        service.by_author(decision, text="It was a joke.")
    service.by_author(again, text="It was a joke.")


def test_an_escalation_afterwards_changes_nothing_for_the_author() -> None:
    comment, decision, _report = hidden()
    factories.notice(comment)
    factories.decision(comment, Action.ESCALATE, by=factories.person(Role.LEAD))
    service.by_author(decision, text="It was a joke.")


def test_approving_is_nothing_for_an_author_to_appeal() -> None:
    _comment, decision, _report = turned_down()
    with pytest.raises(Refused, match="took nothing off the page"):
        service.by_author(decision, text="?")


def test_a_reporter_appeals_only_what_turned_them_down_and_while_it_shows() -> None:
    comment, decision, report = turned_down()
    other = factories.notice(comment)
    with pytest.raises(Refused, match="did not turn your report down"):
        service.by_reporter(decision, text="?", report=other)
    cases.withdraw(comment, by=author_of(comment))
    with pytest.raises(Refused, match="not on the page any more"):
        service.by_reporter(decision, text="?", report=report)


def test_author_and_reporter_are_answered_one_after_the_other() -> None:
    comment, decision, report = hidden()
    service.by_author(decision, text="It was a joke.")
    factories.notice(comment)
    restored = factories.decision(comment, Action.RESTORE)
    notice = db.session.scalars(select(Report).where(Report.settled_by_id == restored.id)).one()
    with pytest.raises(Conflict, match="is being looked at"):
        service.by_reporter(restored, text="No!", report=notice)
    assert report.outcome is Outcome.UPHELD


def test_each_side_gets_one_second_look_and_no_more() -> None:
    """Reporter, author, and then it is over here."""
    comment, decision, report = turned_down()
    first = service.by_reporter(decision, text="Look!", report=report)
    taken_down = answer(first, REVERSED, statement="It does insult.")
    second = service.by_author(taken_down, text="It does not.")
    put_back = answer(second, REVERSED)
    assert (report.outcome, comment.status) == (Outcome.NOT_UPHELD, Status.PUBLISHED)
    with pytest.raises(Refused, match="final here"):
        service.by_reporter(put_back, text="It does.", report=report)
