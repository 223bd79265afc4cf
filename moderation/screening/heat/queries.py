"""How much happens under an article: index ranges of a few minutes, each read up to a limit."""

from datetime import datetime

from sqlalchemy import Select, exists, func, select

from moderation import ids
from moderation.cases.models import Report
from moderation.cases.verdicts import StoredVerdict
from moderation.comments.models import Comment
from moderation.screening.verdict import PhaseMode, Would

COUNTED = 1000  # beyond which nobody's line lies


def comments(article_id: int, *, since: datetime) -> Select[int, int]:
    """(comments since, of them with a live verdict that names a clause), of the newest COUNTED."""
    newest = (
        select(Comment.id)
        .where(Comment.article_id == article_id, Comment.id >= ids.first_at(since))
        .order_by(Comment.id.desc())
        .limit(COUNTED)
        .subquery()
    )
    is_at_risk = exists().where(
        StoredVerdict.comment_id == newest.c.id,
        StoredVerdict.mode == PhaseMode.LIVE.value,
        StoredVerdict.would != Would.NOTHING.value,
        StoredVerdict.clause_code.is_not(None),
    )
    return select(func.count(), func.count().filter(is_at_risk)).select_from(newest)


def reports(article_id: int, *, since: datetime) -> Select[int]:
    """Reports and notices by people since, among the newest COUNTED of the installation."""
    newest = (
        select(Report.comment_id)
        .where(Report.id >= ids.first_at(since), Report.checker.is_(None))
        .order_by(Report.id.desc())
        .limit(COUNTED)
        .subquery()
    )
    return (
        select(func.count())
        .select_from(newest)
        .join(Comment, Comment.id == newest.c.comment_id)
        .where(Comment.article_id == article_id)
    )


def last_comment(article_id: int, author_id: int, *, since: datetime) -> Select[datetime]:
    """When somebody wrote last under an article, if not before `since`."""
    return (
        select(Comment.created_at)
        .where(
            Comment.author_id == author_id,
            Comment.id >= ids.first_at(since),
            Comment.article_id == article_id,
        )
        .order_by(Comment.id.desc())
        .limit(1)
    )
