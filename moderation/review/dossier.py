"""What a card is made of: one query for each part, none of them longer with the history's size."""

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import aliased, joinedload

from moderation.articles.models import Article
from moderation.cases.decisions import Appeal, Decision
from moderation.cases.models import Case, Report
from moderation.comments.models import Comment, Revision
from moderation.policy.models import Clause, PolicyVersion
from moderation.screening.repeats.models import StoredSignature

PARENTS, SIBLINGS, REPLIES = 3, 2, 4
REPORTS = 50


def case(case_id: int) -> Select[Case, int, StoredSignature]:
    """The case with comment, words, author, article and site, freshly read; the id of the policy
    version in force there; and the signature of its words, if they are remembered.
    """
    comment = joinedload(Case.comment)
    newest = (
        select(PolicyVersion.id)
        .where(PolicyVersion.site_id == Case.site_id, PolicyVersion.published_at.is_not(None))
        .order_by(PolicyVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Case, newest, StoredSignature)
        .outerjoin(StoredSignature, StoredSignature.comment_id == Case.comment_id)
        .where(Case.id == case_id)
        .options(
            comment.joinedload(Comment.article).joinedload(Article.site),
            comment.joinedload(Comment.author),
            comment.joinedload(Comment.revision),
            joinedload(Case.lease_holder),
        )
        .execution_options(populate_existing=True)
    )


def comment_of(case_id: int) -> Select[Comment]:
    return select(Comment).join(Case, Case.comment_id == Comment.id).where(Case.id == case_id)


def reports(comment_id: int) -> Select[Report, int]:
    """Reports with sender and clause, open ones first; beside each how many there are in all."""
    return (
        select(Report, func.count().over())
        .where(Report.comment_id == comment_id)
        .options(joinedload(Report.reporter), joinedload(Report.clause))
        .order_by(Report.settled_at.is_not(None), Report.id)
        .limit(REPORTS)
    )


def clauses(version_id: int) -> Select[Clause]:
    """The rules of one version, in their order."""
    return (
        select(Clause).where(Clause.version_id == version_id).order_by(Clause.position, Clause.id)
    )


def conversation(comment: Comment) -> Select[Comment]:
    """What it answers, up to PARENTS levels, the replies just before it, the first ones to it."""
    upward = (
        select(Comment.id, Comment.parent_id, literal(1).label("level"))
        # 0 is nobody's id, while what is NULL would be looked for through the whole table
        .where(Comment.id == (comment.parent_id or 0))
        .cte("upward", recursive=True)
    )
    above = aliased(Comment)
    upward = upward.union_all(
        select(above.id, above.parent_id, upward.c.level + 1)
        .join(upward, above.id == upward.c.parent_id)
        .where(upward.c.level < PARENTS)
    )
    # the article stands in the condition because ix_comment_roots has it
    here = select(Comment.id).where(Comment.article_id == comment.article_id)
    siblings = (
        here.where(Comment.parent_id == comment.parent_id, Comment.id < comment.id)
        .order_by(Comment.id.desc())
        .limit(SIBLINGS)
        .subquery()
    )
    replies = (
        here.where(Comment.parent_id == comment.id).order_by(Comment.id).limit(REPLIES).subquery()
    )
    # what stands beside a top-level comment is no conversation with it
    beside = [select(siblings.c.id)] if comment.parent_id is not None else []
    ids = union_all(select(upward.c.id), *beside, select(replies.c.id))
    return (
        select(Comment)
        .where(Comment.id.in_(ids))
        .options(joinedload(Comment.author), joinedload(Comment.revision))
        .order_by(Comment.id)
    )


def appeals(case_id: int) -> Select[Appeal]:
    """Who contests what, with the decision and its clause."""
    decision = joinedload(Appeal.decision)
    return (
        select(Appeal)
        .where(Appeal.case_id == case_id)
        .options(
            decision.joinedload(Decision.clause),
            decision.joinedload(Decision.decided_by),
            joinedload(Appeal.report).joinedload(Report.clause),
            joinedload(Appeal.report).joinedload(Report.reporter),
        )
        .order_by(Appeal.id)
    )


def revision(comment_id: int, revision_id: int) -> Select[Revision]:
    """One revision, if it is this comment's."""
    return select(Revision).where(Revision.id == revision_id, Revision.comment_id == comment_id)
