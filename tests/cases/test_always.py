"""What always holds, line by line (see docs/rules.md)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from moderation import clock
from moderation.articles.models import Article
from moderation.cases import decide, queries, service
from moderation.cases.decide import Reasons
from moderation.cases.decisions import Decision, Statement
from moderation.cases.models import Case, CaseKind, Outcome, Report
from moderation.cases.stale import AlreadyReported, NotLatest, StaleCase
from moderation.comments import service as comments
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status, shown
from moderation.database import db
from moderation.errors import NotAllowed, Refused
from moderation.outbox.models import Message
from moderation.people.roles import Role
from tests import factories

pytestmark = pytest.mark.usefixtures("context")


def letters(about: str) -> list[str]:
    """Keys of the letters that begin so."""
    keys = select(Message.key).where(Message.key.startswith(about)).order_by(Message.id)
    return list(db.session.scalars(keys))


def everything_adds_up() -> None:
    """Every status recomputed, every count counted again."""
    db.session.flush()
    for comment in db.session.scalars(select(Comment)):
        standing = service.standing_of(comment)
        assert comment.status is shown(standing, withdrawn=comment.withdrawn_at is not None)
        assert comment.reply_count == comments.count_replies(comment)
    for article in db.session.scalars(select(Article).execution_options(populate_existing=True)):
        published = select(func.count()).where(
            Comment.article_id == article.id, Comment.status == Status.PUBLISHED
        )
        assert article.comment_count == db.session.scalar(published)


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


def test_nobody_decides_about_what_they_wrote_or_reported() -> None:
    author, reporter = factories.moderator(), factories.moderator()
    comment = factories.comment(by=author)
    factories.report(comment, by=reporter)
    for involved in (author, reporter):
        with pytest.raises(NotAllowed):
            factories.decision(comment, Action.APPROVE, by=involved)


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
    from moderation.cases import reporting

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


def test_decisions_count_once_however_often_they_are_looked_at() -> None:
    comment = factories.comment()
    factories.report(comment)
    factories.decision(comment, Action.APPROVE)
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 2
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1
