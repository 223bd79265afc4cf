"""What the record of work is asked for."""

from collections.abc import Collection

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy import case as either
from sqlalchemy.orm import aliased

from moderation.cases.decisions import Appeal, Decision, DecisionRole
from moderation.cases.models import Case, CaseKind, Outcome, Report, Track
from moderation.comments.status import Action
from moderation.policy.models import Clause

REMEMBERED = 100  # settled reports that make a reporter's precision


def effective(comment_id: int) -> Select[Decision]:
    """The decisions that count, oldest first."""
    return (
        select(Decision)
        .where(Decision.comment_id == comment_id, Decision.role == DecisionRole.EFFECTIVE)
        .order_by(Decision.id)
    )


def not_undone() -> Select[Decision]:
    """Effective decisions that stand: no undo, and none that an undo has taken back."""
    undo = aliased(Decision)
    taken_back = exists().where(undo.supersedes_id == Decision.id, undo.action == Action.UNDO)
    return select(Decision).where(
        Decision.role == DecisionRole.EFFECTIVE, Decision.action != Action.UNDO, ~taken_back
    )


def latest(comment_id: int) -> Select[Decision]:
    """The newest decision that stands, if any."""
    return (
        not_undone().where(Decision.comment_id == comment_id).order_by(Decision.id.desc()).limit(1)
    )


def latest_appealed(comment_id: int) -> Select[Decision]:
    """The newest outcome of an appeal about this comment, if any."""
    return (
        select(Decision)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.comment_id == comment_id, Case.kind == CaseKind.APPEAL)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def open_case(comment_id: int, kind: CaseKind) -> Select[Case]:
    return select(Case).where(
        Case.comment_id == comment_id, Case.kind == kind, Case.closed_at.is_(None)
    )


def unsettled(comment_id: int) -> Select[Report]:
    """Reports nobody has answered yet, oldest first."""
    return (
        select(Report)
        .where(Report.comment_id == comment_id, Report.settled_at.is_(None))
        .order_by(Report.id)
    )


def open_notices(comment_id: int) -> Select[Report]:
    return unsettled(comment_id).where(Report.track == Track.ILLEGAL)


def records(
    reporter_ids: Collection[int], emails: Collection[str]
) -> Select[int | None, str | None, int, int]:
    """(account, address, upheld, not upheld) of each reporter's newest settled reports."""
    who = or_(
        Report.reporter_id.in_(reporter_ids),
        and_(Report.email.in_(emails), Report.email_confirmed_at.is_not(None)),
    )
    place = func.row_number().over(
        partition_by=(Report.reporter_id, Report.email),
        order_by=(Report.settled_at.desc(), Report.id.desc()),
    )
    newest = (
        select(Report.reporter_id, Report.email, Report.outcome, place.label("place"))
        .where(who, Report.outcome.in_((Outcome.UPHELD, Outcome.NOT_UPHELD)))
        .subquery()
    )
    return (
        select(
            newest.c.reporter_id,
            newest.c.email,
            func.sum(either((newest.c.outcome == Outcome.UPHELD, 1), else_=0)),
            func.sum(either((newest.c.outcome == Outcome.NOT_UPHELD, 1), else_=0)),
        )
        .where(newest.c.place <= REMEMBERED)
        .group_by(newest.c.reporter_id, newest.c.email)
    )


def answer_to(revision_id: int, clause_code: str) -> Select[Decision]:
    """A person's approval of this revision that already looked at this clause."""
    seen = (
        exists()
        .where(Report.settled_by_id == Decision.id, Report.clause_id == Clause.id)
        .where(Clause.code == clause_code)
    )
    named = exists().where(Clause.id == Decision.clause_id, Clause.code == clause_code)
    return (
        not_undone()
        .where(
            Decision.revision_id == revision_id,
            Decision.action.in_((Action.APPROVE, Action.RESTORE, Action.UPHOLD)),
            Decision.decided_by_id.is_not(None),
            or_(seen, named),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def open_appeals(decision_id: int) -> Select[Appeal]:
    return select(Appeal).where(Appeal.decision_id == decision_id, Appeal.settled_at.is_(None))
