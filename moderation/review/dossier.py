"""What a card is made of: one query for each part, none of them longer with the history's size."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    exists,
    false,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from moderation.articles.models import Article
from moderation.cases.decisions import Appeal, Decision, DecisionRole
from moderation.cases.models import Case, CaseKind, Note, Report
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action
from moderation.database import Utc
from moderation.people.models import Person, Sanction
from moderation.policy.models import Clause, PolicyVersion

PARENTS, SIBLINGS, REPLIES = 3, 2, 4
REPORTS = 50
REMEMBERED = 200  # comments that make an author's record
HISTORY, ELSEWHERE = 20, 5  # decisions on this comment, and on the author's others
UNDO_FOR = timedelta(hours=24)  # how long the desk offers to undo the last decision


def case(case_id: int) -> Select[Case, int]:
    """The case with comment, words, author, article and site, freshly read; and the id of the
    policy version in force there.
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
        select(Case, newest)
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
        .where(Comment.id == comment.parent_id)
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


def record(author_id: int) -> Select[*tuple[Any, ...]]:
    """(what, which, how many, newest, until): the author's comments by status, and sanctions."""
    newest = (
        select(Comment.status, Comment.created_at)
        .where(Comment.author_id == author_id)
        .order_by(Comment.id.desc())
        .limit(REMEMBERED)
        .subquery()
    )
    comments = select(
        literal("comments").label("what"),
        type_coerce(newest.c.status, String).label("which"),
        func.count().label("count"),
        func.max(newest.c.created_at, type_=Utc()).label("newest"),
        literal(None, Utc()).label("until"),
    ).group_by(newest.c.status)
    sanctions = (
        select(
            literal("sanctions"),
            type_coerce(Sanction.kind, String),
            func.count(),
            func.max(Sanction.created_at),
            func.max(Sanction.until),
        )
        .where(Sanction.person_id == author_id, Sanction.lifted_at.is_(None))
        .group_by(Sanction.kind)
    )
    return union_all(comments, sanctions)  # type: ignore[return-value]  # read like a Select


def history(comment: Comment, *, viewer_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    """What was decided and noted on this comment, lately on its author's others, and the viewer's
    own last decision that can be undone; oldest first.
    """
    about_this = (
        select(Decision.id)
        .where(Decision.comment_id == comment.id, Decision.role == DecisionRole.EFFECTIVE)
        .order_by(Decision.id.desc())
        .limit(HISTORY)
        .subquery()
    )
    others = (
        select(Comment.id)
        .where(Comment.author_id == comment.author_id, Comment.id != comment.id)
        .order_by(Comment.id.desc())
        .limit(REMEMBERED)
    )
    about_others = (
        select(Decision.id)
        .where(
            Decision.comment_id.in_(others),
            Decision.decided_by_id.is_not(None),
            Decision.action.in_((Action.HIDE, Action.RESTORE, Action.HOLD)),
        )
        .order_by(Decision.id.desc())
        .limit(ELSEWHERE)
        .subquery()
    )
    last = _last(viewer_id, now)
    ids = union_all(*(select(part.c.id) for part in (about_this, about_others, last)))
    decided = _decided(last).where(Decision.id.in_(ids))
    lines = union_all(decided, _noted(comment.id)).subquery()
    return select(lines).order_by(lines.c.at, lines.c.id)


def last_undoable(viewer_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    """As a line of `history`: the viewer's own last decision, while the desk offers to undo it."""
    last = _last(viewer_id, now)
    return _decided(last).where(Decision.id == select(last.c.id).scalar_subquery())


def latest(comment_id: int) -> Select[*tuple[Any, ...]]:
    """As a line of `history`: what a person decided last on this comment."""
    newest = (
        select(Decision.id)
        .where(
            Decision.comment_id == comment_id,
            Decision.role == DecisionRole.EFFECTIVE,
            Decision.decided_by_id.is_not(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .subquery()
    )
    return _decided(newest).where(Decision.id == select(newest.c.id).scalar_subquery())


def _last(viewer_id: int, now: datetime) -> Subquery:
    undo = aliased(Decision)
    return (
        select(Decision.id)
        .join(Case, and_(Case.id == Decision.case_id, Case.kind == CaseKind.REVIEW))
        .where(
            Decision.decided_by_id == viewer_id,
            Decision.decided_at > now - UNDO_FOR,
            Decision.action != Action.UNDO,
            ~exists().where(undo.supersedes_id == Decision.id),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .subquery()
    )


def _decided(last: Subquery) -> Select[*tuple[Any, ...]]:
    author = aliased(Person)
    undo = aliased(Decision)
    undone = exists().where(undo.supersedes_id == Decision.id, undo.action == Action.UNDO)
    return (
        select(
            literal("decision").label("what"),
            Decision.id.label("id"),
            Decision.decided_at.label("at"),
            Decision.decided_by_id.label("by_id"),
            Person.name.label("by"),
            type_coerce(Decision.action, String).label("action"),
            Clause.title.label("clause"),
            Decision.statement.label("statement"),
            Decision.note.label("note"),
            Decision.comment_id.label("comment_id"),
            Decision.case_id.label("case_id"),
            Comment.author_id.label("author_id"),
            author.name.label("author"),
            undone.label("is_undone"),
            (Decision.id == select(last.c.id).scalar_subquery()).label("is_last"),
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .join(author, author.id == Comment.author_id)
        .outerjoin(Person, Person.id == Decision.decided_by_id)
        .outerjoin(Clause, Clause.id == Decision.clause_id)
    )


def _noted(comment_id: int) -> Select[*tuple[Any, ...]]:
    def nothing() -> ColumnElement[str]:
        return literal("")

    return (
        select(
            literal("note"),
            Note.id,
            Note.created_at,
            Note.author_id,
            Person.name,
            nothing(),
            nothing(),
            nothing(),
            Note.text,
            Case.comment_id,
            Note.case_id,
            Note.author_id,
            nothing(),
            false(),
            false(),
        )
        .join(Case, Case.id == Note.case_id)
        .join(Person, Person.id == Note.author_id)
        .where(Case.comment_id == comment_id)
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
