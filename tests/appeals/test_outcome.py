"""Answering an appeal: who may, what follows, and that it is final."""

import pytest
from sqlalchemy import select

from moderation.appeals import outcome, service
from moderation.cases import decide as desk
from moderation.cases import service as cases
from moderation.cases.decide import Reasons
from moderation.cases.decisions import How, Statement
from moderation.cases.models import CaseKind, Outcome
from moderation.cases.stale import StaleCase
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import NotAllowed, Refused
from moderation.events.models import Event
from moderation.outbox.models import Message
from moderation.people.roles import Role
from tests import factories
from tests.appeals.told import REVERSED, STANDS, answer, author_of, hidden, letters, turned_down

pytestmark = pytest.mark.usefixtures("context")


def test_the_decision_stands() -> None:
    comment, decision, report = hidden()
    appeal = service.by_author(decision, text="It was a joke.")
    final = answer(appeal, STANDS, statement="It is no joke.")
    assert (final.action, final.supersedes_id) == (Action.UPHOLD, decision.id)
    assert final.clause_id is None
    assert (appeal.outcome, appeal.outcome_decision_id) == (STANDS, final.id)
    assert comment.status is Status.HIDDEN
    assert report.outcome is Outcome.UPHELD
    assert factories.case_of(comment, CaseKind.APPEAL).closed_at is not None
    assert letters("appeal-outcome") == [author_of(comment).email]
    settled = db.session.scalars(select(Event).where(Event.kind == "appeal-settled")).one()
    assert settled.facts["outcome"] == "upheld"


def test_an_author_is_right_and_everybody_hears_of_it() -> None:
    comment, decision, report = hidden()
    final = answer(service.by_author(decision, text="It was a joke."), REVERSED)
    assert (final.action, final.supersedes_id) == (Action.RESTORE, decision.id)
    assert comment.status is Status.PUBLISHED
    assert (report.outcome, report.settled_by_id) == (Outcome.NOT_UPHELD, final.id)
    assert letters("appeal-outcome") == [author_of(comment).email]
    assert letters("restored") == []
    told = select(Message.key).where(Message.key == f"outcome:{report.id}:{final.id}")
    assert db.session.scalar(told) is not None


def test_a_reporter_is_right_and_the_author_gets_a_statement() -> None:
    comment = factories.comment()
    report, other = factories.report(comment), factories.report(comment)
    decision = factories.decision(comment, Action.APPROVE)
    appeal = service.by_reporter(decision, text="It names my child.", report=report)
    final = answer(appeal, REVERSED, statement="It names a child.")
    assert final.action is Action.HIDE
    assert comment.status is Status.HIDDEN
    assert (report.outcome, other.outcome) == (Outcome.UPHELD, Outcome.UPHELD)
    statement = db.session.get_one(Statement, final.id)
    assert "reader reported it" in statement.detection
    assert final.detected_how is How.REPORT
    told = set(db.session.scalars(select(Message.key)))
    assert f"appeal-outcome:{appeal.id}" in told
    assert f"outcome:{other.id}:{final.id}" in told
    assert f"outcome:{report.id}:{final.id}" not in told
    assert f"statement:{final.id}" in told


def test_a_reversal_that_restricts_needs_its_reasons() -> None:
    _comment, decision, report = turned_down()
    appeal = service.by_reporter(decision, text="Look!", report=report)
    with pytest.raises(Refused, match="Choose the clause"):
        answer(appeal, REVERSED)


def test_nobody_answers_who_had_a_part_in_it() -> None:
    author, reporter, first = (factories.moderator() for _ in range(3))
    comment = factories.comment(by=author)
    factories.report(comment, by=reporter)
    decision = factories.decision(comment, Action.HIDE, by=first)
    appeal = service.by_author(decision, text="It was a joke.")
    for involved in (author, reporter, first, factories.person(Role.LAWYER)):
        with pytest.raises(NotAllowed):
            answer(appeal, STANDS, by=involved)
    answer(appeal, STANDS)


def test_a_stale_answer_is_refused() -> None:
    comment = factories.comment()
    reports = [factories.report(comment), factories.report(comment)]
    decision = factories.decision(comment, Action.APPROVE)
    service.by_reporter(decision, text="Look!", report=reports[0])
    case = factories.case_of(comment, CaseKind.APPEAL)
    before = factories.seen(case)
    service.by_reporter(decision, text="And here!", report=reports[1])
    with pytest.raises(StaleCase):
        outcome.decide(case, STANDS, by=factories.moderator(), seen=before, reasons=Reasons())
    seen = factories.seen(case)
    outcome.decide(case, STANDS, by=factories.moderator(), seen=seen, reasons=Reasons())
    with pytest.raises(StaleCase):
        outcome.decide(case, STANDS, by=factories.moderator(), seen=seen, reasons=Reasons())


def test_an_outcome_is_final() -> None:
    comment, decision, _report = hidden()
    final = answer(service.by_author(decision, text="It was a joke."), STANDS)
    with pytest.raises(NotAllowed, match="final"):
        desk.undo(final, by=factories.person(Role.ADMIN))
    factories.notice(comment)
    with pytest.raises(NotAllowed, match="appeal decided"):
        factories.decision(comment, Action.RESTORE)
    factories.decision(comment, Action.ESCALATE, by=factories.person(Role.LEAD))
    with pytest.raises(NotAllowed, match="appeal decided"):
        factories.decision(comment, Action.RESTORE, by=factories.person(Role.LEAD))


def test_a_failed_appeal_of_a_reporter_does_not_tie_the_desk() -> None:
    comment, decision, report = turned_down()
    answer(service.by_reporter(decision, text="Look!", report=report), STANDS)
    factories.notice(comment)
    factories.decision(comment, Action.HIDE)
    factories.notice(comment)
    factories.decision(comment, Action.RESTORE)
    assert comment.status is Status.PUBLISHED


def test_the_desk_cannot_decide_an_appeal_as_a_report() -> None:
    comment, decision, _report = hidden()
    service.by_author(decision, text="It was a joke.")
    case = factories.case_of(comment, CaseKind.APPEAL)
    with pytest.raises(Refused):
        desk.decide(
            case,
            Action.RESTORE,
            by=factories.moderator(),
            seen=factories.seen(case),
            reasons=Reasons(),
        )


def test_a_decision_under_appeal_is_not_undone() -> None:
    _comment, decision, _report = hidden()
    service.by_author(decision, text="It was a joke.")
    with pytest.raises(NotAllowed):
        desk.undo(decision, by=factories.person(Role.LEAD))


def test_what_the_desk_gave_back_meanwhile_does_not_stand() -> None:
    comment, decision, _report = hidden()
    appeal = service.by_author(decision, text="It was a joke.")
    factories.notice(comment)
    factories.decision(comment, Action.RESTORE)
    with pytest.raises(Refused, match="reverse it"):
        answer(appeal, STANDS)
    answer(appeal, REVERSED)
    assert comment.status is Status.PUBLISHED


def test_a_comment_taken_back_meanwhile_stays_withdrawn() -> None:
    comment, decision, _report = hidden()
    appeal = service.by_author(decision, text="It was a joke.")
    cases.withdraw(comment, by=author_of(comment))
    answer(appeal, REVERSED)
    assert comment.status is Status.WITHDRAWN
    assert cases.standing_of(comment) is Status.PUBLISHED


def test_nobody_without_an_address_is_written_to() -> None:
    comment = factories.comment()
    report = factories.notice(comment, email=None, name="", danger=True)
    decision = factories.decision(comment, Action.APPROVE)
    appeal = service.by_reporter(decision, text="Look!", report=report)
    answer(appeal, STANDS)
    assert appeal.outcome is STANDS
    assert db.session.scalars(select(Message)).all() == []
