"""Prove what is stored twice: every status from its decisions, every count from its rows."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, islice

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from moderation.articles.models import Article
from moderation.cases.decisions import Decision, DecisionRole
from moderation.comments.models import Comment
from moderation.comments.status import Status, shown, standing
from moderation.database import db

AT_ONCE = 500


def differences() -> Iterator[str]:
    """A sentence for each row that does not say what its rows say. Bounded memory."""
    yield from _statuses()
    yield from _reply_counts()
    yield from _article_counts()


def _statuses() -> Iterator[str]:
    comments = db.session.execute(
        select(Comment.id, Comment.status, Comment.withdrawn_at)
        .order_by(Comment.id)
        .execution_options(yield_per=AT_ONCE)
    )
    while batch := list(islice(comments, AT_ONCE)):
        decisions = _decisions([row.id for row in batch])
        for row in batch:
            found = shown(standing(decisions[row.id]), withdrawn=row.withdrawn_at is not None)
            if found is not row.status:
                yield f"Comment {row.id} is {row.status.value}; its decisions say {found.value}."


def _decisions(comment_ids: list[int]) -> dict[int, list[Decision]]:
    found = select(Decision).where(
        Decision.comment_id.in_(comment_ids), Decision.role == DecisionRole.EFFECTIVE
    )
    rows = db.session.scalars(found.order_by(Decision.comment_id, Decision.id))
    grouped = groupby(rows, key=lambda decision: decision.comment_id)
    return defaultdict(list, {comment_id: list(group) for comment_id, group in grouped})


def _reply_counts() -> Iterator[str]:
    """Roots, branches and what is below them count by their own index, one query each."""
    reply = aliased(Comment)
    is_root = Comment.id == Comment.root_id
    is_branch = Comment.id == Comment.branch_id
    below_branch = and_(reply.root_id == Comment.root_id, reply.branch_id == Comment.id)
    places: list[tuple[ColumnElement[bool], ColumnElement[bool]]] = [
        (is_root, reply.root_id == Comment.id),
        (is_branch, below_branch),
        (and_(~is_root, ~is_branch), reply.parent_id == Comment.id),
    ]
    for place, below in places:
        counted = (
            select(func.count())
            .where(below, reply.id != Comment.id, reply.status == Status.PUBLISHED)
            .scalar_subquery()
        )
        wrong = select(Comment.id, Comment.reply_count, counted).where(
            place, Comment.reply_count != counted
        )
        for comment_id, stored, found in db.session.execute(wrong):
            yield f"Comment {comment_id} counts {stored} replies; there are {found}."


def _article_counts() -> Iterator[str]:
    counted = (
        select(func.count())
        .where(Comment.article_id == Article.id, Comment.status == Status.PUBLISHED)
        .scalar_subquery()
    )
    wrong = select(Article.slug, Article.comment_count, counted).where(
        Article.comment_count != counted
    )
    for slug, stored, found in db.session.execute(wrong):
        yield f"Article “{slug}” counts {stored} comments; there are {found}."
