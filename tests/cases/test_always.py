"""What always holds: status, reasons, append-only, stale decisions."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from moderation import clock
from moderation.cases import decide, service
from moderation.cases.decide import Reasons
from moderation.cases.decisions import Decision, Statement
from moderation.cases.models import Case, CaseKind, Report
from moderation.cases.stale import StaleCase
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import NotAllowed, Refused
from moderation.people.roles import Role
from tests import factories
from tests.cases.after import everything_adds_up, letters

pytestmark = pytest.mark.usefixtures("context")


def test_1_and_10_statuses_and_counts_come_out_the_same_when_recomputed() -> None:
    root = factories.comment()
    reply = factories.comment(to=root)
    deep = factories.comment(to=reply)
    deeper = factories.comment(to=deep)
    pending = factories.comment(status=Status.PENDING)
    factories.report(reply)
    hidden = factories.decision(reply, Action.HIDE)
    everything_adds_up()
    decide.undo(hidden, by=factories.person(Role.LEAD))
    factories.decision(pending, Action.APPROVE)
    service.withdraw(deeper, by=db.session.get_one(type(deeper.author), deeper.author_id))
    everything_adds_up()
    assert (root.reply_count, reply.reply_count, deep.reply_count) == (2, 1, 0)


def test_2_no_restriction_without_clause_and_explanation() -> None:
    comment = factories.comment()
    factories.report(comment)
    case = factories.case_of(comment)
    for reasons in (Reasons(), Reasons(clause=factories.clause()), Reasons(statement="Because.")):
        with pytest.raises(Refused):
            decide.decide(
                case,
                Action.HIDE,
                by=factories.moderator(),
                seen=factories.seen(case),
                reasons=reasons,
            )
    assert comment.status is Status.PUBLISHED


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.PENDING])
def test_2_a_restriction_has_its_statement_in_the_same_transaction(status: Status) -> None:
    comment = factories.comment(status=status)
    if status is Status.PUBLISHED:
        factories.report(comment)

    decision = factories.decision(comment, Action.HIDE, statement="It calls a reader names.")

    statement = db.session.get_one(Statement, decision.id)
    assert statement.explanation == "It calls a reader names."
    assert "version 1" in statement.ground
    assert "appeal" in statement.redress
    assert letters("statement:") == [f"statement:{decision.id}"]


def test_2_waiting_for_a_first_look_is_no_restriction() -> None:
    comment = factories.comment(status=Status.PENDING)
    assert db.session.scalar(select(Statement)) is None
    assert factories.case_of(comment).due_at == comment.created_at + timedelta(hours=8)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decision SET note = 'x'",
        "DELETE FROM decision",
        "UPDATE revision SET body = 'x'",
        "DELETE FROM revision",
        "UPDATE event SET kind = 'x'",
        "DELETE FROM event",
        "UPDATE statement SET explanation = 'x'",
    ],
)
def test_3_decisions_revisions_and_events_never_change(change: str) -> None:
    comment = factories.comment()
    factories.report(comment)
    factories.decision(comment, Action.HIDE)
    db.session.commit()
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        db.session.execute(text(change))


def test_3_erasure_may_blank_a_revision() -> None:
    factories.comment()
    blank = "UPDATE revision SET body = '', html = '', blanked_at = created_at"
    db.session.execute(text(blank))


def test_4_the_second_moderator_is_refused_and_told_who_decided() -> None:
    comment = factories.comment()
    factories.report(comment)
    case = factories.case_of(comment)
    seen, ann, bob = factories.seen(case), factories.moderator(), factories.moderator()
    first = decide.decide(case, Action.APPROVE, by=ann, seen=seen, reasons=Reasons())

    with pytest.raises(StaleCase) as refused:
        decide.decide(case, Action.APPROVE, by=bob, seen=seen, reasons=Reasons())

    assert refused.value.latest is first


def test_4_a_first_report_under_another_clause_moves_the_case_on() -> None:
    comment = factories.comment()
    factories.report(comment, "abuse")
    case = factories.case_of(comment)
    seen = factories.seen(case)
    factories.report(comment, "abuse")
    assert factories.seen(case) == seen
    factories.report(comment, "hatred")
    with pytest.raises(StaleCase):
        decide.decide(case, Action.APPROVE, by=factories.moderator(), seen=seen, reasons=Reasons())


def test_4_so_does_the_first_notice_of_illegality_and_only_the_first() -> None:
    comment = factories.comment()
    factories.report(comment)
    case = factories.case_of(comment)
    factories.notice(comment)
    assert case.version == 2
    factories.notice(comment)
    assert case.version == 2


def test_4_a_decision_after_a_lapsed_lease_stands() -> None:
    comment = factories.comment()
    factories.report(comment)
    ann = factories.moderator()
    case = factories.case_of(comment)
    case.lease_holder_id, case.lease_until = ann.id, clock.now() - timedelta(minutes=5)
    assert factories.decision(comment, Action.APPROVE, by=ann).id


def test_5_one_open_case_per_comment_and_kind() -> None:
    comment = factories.comment()
    for _ in range(3):
        factories.report(comment)
        factories.notice(comment)
    open_cases = select(func.count()).select_from(Case).where(Case.comment_id == comment.id)
    assert db.session.scalar(open_cases) == 1
    db.session.commit()
    twin = Case(
        site_id=factories.site().id,
        comment_id=comment.id,
        kind=CaseKind.REVIEW,
        due_at=clock.now(),
    )
    db.session.add(twin)
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        db.session.flush()


def test_nobody_decides_about_what_they_wrote_or_reported() -> None:
    author, reporter = factories.moderator(), factories.moderator()
    comment = factories.comment(by=author)
    factories.report(comment, by=reporter)
    for involved in (author, reporter):
        with pytest.raises(NotAllowed):
            factories.decision(comment, Action.APPROVE, by=involved)


def test_decisions_count_once_however_often_they_are_looked_at() -> None:
    comment = factories.comment()
    factories.report(comment)
    factories.decision(comment, Action.APPROVE)
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 2
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1


def test_4_nothing_is_stored_on_a_closed_case_while_a_new_one_is_open() -> None:
    comment = factories.comment()
    factories.report(comment)
    old = factories.case_of(comment)
    factories.decision(comment, Action.APPROVE)
    report = factories.report(comment, "hatred")
    new = factories.case_of(comment)
    assert new.id != old.id
    with pytest.raises(StaleCase) as refused:
        decide.decide(
            old,
            Action.APPROVE,
            by=factories.moderator(),
            seen=factories.seen(old),
            reasons=Reasons(),
        )
    assert refused.value.case is new
    assert report.settled_at is None
