"""Appeals, what they contest, and who has had a part in it."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from moderation.cases.decisions import Appeal, Decision, Statement
from moderation.cases.models import Case, CaseKind, Outcome, Report
from moderation.cases.queries import not_undone
from moderation.comments.models import Comment
from moderation.comments.status import Action

# what says whether a comment is on the page; an escalation or an appeal that failed does not
MOVING = (Action.APPROVE, Action.HOLD, Action.HIDE, Action.RESTORE)


def decision(decision_id: int, site_id: int) -> Select[Decision]:
    """A decision with its comment as a page shows it."""
    about = joinedload(Decision.comment)
    return (
        select(Decision)
        .where(Decision.id == decision_id, Decision.site_id == site_id)
        .options(
            about.joinedload(Comment.article),
            about.joinedload(Comment.author),
            about.joinedload(Comment.revision),
            joinedload(Decision.case),
        )
    )


def statement(decision_id: int) -> Select[Statement]:
    return (
        select(Statement)
        .where(Statement.decision_id == decision_id)
        .options(joinedload(Statement.clause))
    )


def answered_by(decision_id: int, reporter_id: int) -> Select[Report]:
    """Somebody's report that this decision did not uphold."""
    return (
        select(Report)
        .where(
            Report.settled_by_id == decision_id,
            Report.reporter_id == reporter_id,
            Report.outcome == Outcome.NOT_UPHELD,
        )
        .options(joinedload(Report.clause))
        .order_by(Report.id)
        .limit(1)
    )


def report(report_id: int) -> Select[Report]:
    return select(Report).where(Report.id == report_id).options(joinedload(Report.clause))


def in_force(comment_id: int) -> Select[Decision]:
    """The decision that says whether the comment is on the page."""
    return (
        not_undone()
        .where(Decision.comment_id == comment_id, Decision.action.in_(MOVING))
        .order_by(Decision.id.desc())
        .limit(1)
    )


def superseding(decision_id: int) -> Select[Decision]:
    """What took this decision back, or looked at it again on appeal."""
    return select(Decision).where(Decision.supersedes_id == decision_id)


def lodged(decision_id: int, report_id: int | None) -> Select[Appeal]:
    """The appeal of one party against one decision. report_id None: the author's."""
    return select(Appeal).where(Appeal.decision_id == decision_id, Appeal.report_id == report_id)


def earlier(comment_id: int, report_id: int | None) -> Select[int]:
    """Whether one party has appealed about this comment before."""
    return (
        select(Appeal.id)
        .join(Case, Case.id == Appeal.case_id)
        .where(Case.comment_id == comment_id, Appeal.report_id == report_id)
        .limit(1)
    )


def of_case(case_id: int) -> Select[Appeal]:
    """What is to be answered with this case, oldest first, with everything an answer needs."""
    sender = joinedload(Appeal.report)
    return (
        select(Appeal)
        .where(Appeal.case_id == case_id, Appeal.settled_at.is_(None))
        .options(
            sender.joinedload(Report.reporter),
            sender.joinedload(Report.clause),
            joinedload(Appeal.decision).joinedload(Decision.clause),
        )
        .order_by(Appeal.id)
    )


def case(case_id: int, site_id: int) -> Select[Case]:
    about = joinedload(Case.comment)
    return (
        select(Case)
        .where(Case.id == case_id, Case.site_id == site_id, Case.kind == CaseKind.APPEAL)
        .options(
            about.joinedload(Comment.article),
            about.joinedload(Comment.author),
            about.joinedload(Comment.revision),
        )
    )


def answer(case_id: int) -> Select[Decision]:
    """What was decided with this case, and by whom."""
    return (
        select(Decision)
        .where(Decision.case_id == case_id)
        .options(joinedload(Decision.decided_by))
        .order_by(Decision.id.desc())
        .limit(1)
    )


def decided_by(comment_id: int, person_id: int) -> Select[int]:
    """Whether somebody has decided anything about this comment."""
    return (
        select(Decision.id)
        .where(Decision.comment_id == comment_id, Decision.decided_by_id == person_id)
        .limit(1)
    )
