"""What several stories look at afterwards."""

from sqlalchemy import func, select

from moderation.articles.models import Article
from moderation.cases import service
from moderation.comments import service as comments
from moderation.comments.models import Comment
from moderation.comments.status import Status, shown
from moderation.database import db
from moderation.outbox.models import Message


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
