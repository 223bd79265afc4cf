"""What a viewer's own page needs beyond the thread."""

from collections.abc import Collection

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from moderation.cases import queries as cases
from moderation.cases.decisions import Appeal, Decision, Statement
from moderation.cases.models import Case, CaseKind, Report
from moderation.comments.models import Comment
from moderation.policy.models import Clause


def statements(comment_ids: Collection[int]) -> Select[Statement, bool]:
    """The statements of decisions that stand, oldest first, with clause and policy version.

    And whether the author has appealed.
    """
    appeal = exists().where(Appeal.decision_id == Statement.decision_id, Appeal.report_id.is_(None))
    stands = cases.not_undone().with_only_columns(Decision.id)
    return (
        select(Statement, appeal)
        .where(
            Statement.comment_id.in_(comment_ids),
            Statement.decision_id.in_(stands.where(Decision.comment_id.in_(comment_ids))),
        )
        .options(joinedload(Statement.clause).joinedload(Clause.version))
        .order_by(Statement.decision_id)
    )


def open_cases(comment_ids: Collection[int], viewer_id: int) -> Select[int, int]:
    """(comment, case) of the reviews that are open, in no order.

    None about a comment that the viewer wrote or reported: there they are a reader.
    """
    own = exists().where(Comment.id == Case.comment_id, Comment.author_id == viewer_id)
    reported = exists().where(Report.comment_id == Case.comment_id, Report.reporter_id == viewer_id)
    return select(Case.comment_id, Case.id).where(
        Case.comment_id.in_(comment_ids),
        Case.kind == CaseKind.REVIEW,
        Case.closed_at.is_(None),
        ~own,
        ~reported,
    )
