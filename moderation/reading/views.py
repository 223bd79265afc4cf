"""Around the thread: permalinks, folded replies, and whether there is something new."""

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation import clock
from moderation.articles.models import Article, Mode
from moderation.comments import queries
from moderation.comments.models import Comment
from moderation.database import db
from moderation.errors import Missing
from moderation.people.guard import current_person, for_everybody
from moderation.reading import page, service
from moderation.sites import service as sites

bp = Blueprint("reading", __name__)


@bp.get("/comments/<int:comment_id>")
@for_everybody
def permalink(comment_id: int) -> ResponseReturnValue:
    """To the page that shows the comment, marked."""
    comment, slug = _find(comment_id)
    viewer = current_person()
    if not service.is_on_page(comment, viewer_id=viewer.id if viewer else None):
        raise Missing(service.GONE)
    there = url_for(
        "thread.article", slug=slug, comment=comment_id, _anchor=f"comment-{comment_id}"
    )
    return redirect(there)


@bp.get("/comments/<int:comment_id>/replies")
@for_everybody
def replies(comment_id: int) -> ResponseReturnValue:
    """The replies below one root, as a piece."""
    comment, _slug = _find(comment_id)
    return page.replies(db.session.get_one(Article, comment.article_id), comment.root_id)


@bp.get("/articles/<slug>/version")
@for_everybody
def version(slug: str) -> ResponseReturnValue:
    """Asked by open pages every half minute: has the thread moved, how many comments are there?"""
    article = service.article(sites.current(), slug)
    hidden = article.mode_at(clock.now()) is Mode.HIDDEN
    count = 0 if hidden else article.comment_count
    answer = jsonify(version=article.version, count=count)
    answer.set_etag(f"{article.version}-{count}", weak=True)
    return answer.make_conditional(request)


def _find(comment_id: int) -> tuple[Comment, str]:
    row = db.session.execute(queries.on_site(comment_id, sites.current().id)).first()
    if row is None:
        raise Missing(service.GONE)
    return row[0], row[1]
