"""Write a comment down, move its status, keep the thread's counts true."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from moderation import clock, events, ids
from moderation.articles.models import Article
from moderation.comments import markup, queries
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Status, shown
from moderation.database import db, saved
from moderation.events.kinds import CommentSubmitted
from moderation.people.models import Person

# in the session's `info`: the articles whose kept pages the transaction changes, see `reading`
TOUCHED = "touched_articles"


def lock_thread(article_id: int) -> Article:
    """Nobody else changes this article's thread until the commit."""
    return db.session.execute(queries.LOCKED, {"article_id": article_id}).scalar_one()


def write(
    article: Article,
    *,
    author: Person,
    body: str,
    parent: Comment | None = None,
    submission: str | None = None,
) -> Comment:
    """A new comment with its first revision, not yet decided. `article` is locked."""
    comment = _placed(parent)
    comment.article = article
    comment.author = author
    comment.submission = submission
    comment.revision_id = ids.new()
    saved(comment)
    html = markup.render(body)
    revision = Revision(id=comment.revision_id, comment_id=comment.id, body=body, html=html)
    set_committed_value(comment, "revision", saved(revision))  # asked for again right away
    events.record(
        CommentSubmitted(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            article_id=article.id,
            author_id=author.id,
        ),
        site_id=article.site_id,
    )
    return comment


def _placed(parent: Comment | None) -> Comment:
    """A comment at its place in the thread, see `models.Comment`."""
    now = clock.now()
    comment = Comment(id=ids.new(), parent_id=parent.id if parent else None, created_at=now)
    if parent is None:
        comment.root_id = comment.id
    else:
        comment.root_id = parent.root_id
        is_branch = parent.id == parent.root_id
        comment.branch_id = comment.id if is_branch else parent.branch_id
    return comment


def set_status(comment: Comment, standing: Status) -> None:
    """The one place where a status is set; keeps counts and the thread's version true.

    standing: where the decisions have led. The thread is locked.
    """
    status = shown(standing, withdrawn=comment.withdrawn_at is not None)
    db.session.flush()
    if comment.status is not status:
        given = {"comment": comment.id, "standing": status}
        db.session.connection().execute(queries.SET_STATUS, given)
        set_committed_value(comment, "status", status)
    recount(comment)


def recount(comment: Comment) -> None:
    """Set the counts that `comment` is part of from their rows, and move the thread's version."""
    places = {comment.root_id, comment.branch_id, comment.parent_id} - {comment.id, None}
    if places:
        for place in db.session.scalars(select(Comment).where(Comment.id.in_(places))):
            place.reply_count = count_replies(place)
    session = db.session()
    session.connection().execute(queries.RECOUNT, {"article": comment.article_id})
    article = session.identity_map.get(identity_key(Article, comment.article_id))
    if article is not None:
        session.expire(article, ["comment_count", "version"])
    session.info.setdefault(TOUCHED, set()).add(comment.article_id)


def count_replies(place: Comment) -> int:
    """Published comments below `place`, as the thread shows them."""
    if place.id == place.root_id:
        below = Comment.root_id == place.id
    elif place.id == place.branch_id:
        below = and_(Comment.root_id == place.root_id, Comment.branch_id == place.id)
    else:
        below = Comment.parent_id == place.id
    counted = select(func.count()).where(
        below, Comment.id != place.id, Comment.status == Status.PUBLISHED
    )
    return db.session.execute(counted).scalar_one()
