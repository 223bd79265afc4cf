"""An article's page with its thread, for everybody or for one person."""

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from moderation import clock
from moderation.articles.models import Article, Mode
from moderation.comments.models import Comment
from moderation.errors import Missing
from moderation.people.guard import current_person, has_role
from moderation.people.roles import Role
from moderation.reading import service, shared
from moderation.reading.asked import Asked


def takes_comments(article: Article) -> bool:
    """Whether a comment can be left now."""
    return article.mode_at(clock.now()) in (Mode.OPEN, Mode.PREMODERATED)


def answer(
    article: Article, *, form: Any, asked: Asked | None = None, parent: Comment | None = None
) -> Response:
    """The whole page.

    form: the `intake.forms.CommentForm` to draw; only looked at if the thread takes comments.
    parent: the comment it answers, with `author` and `revision` loaded.
    """
    asked = asked or Asked()
    now = clock.now()
    mode = article.mode_at(now)
    viewer = current_person()
    part = service.Part()
    if mode is not Mode.HIDDEN:
        part = service.part(article, asked, viewer=viewer, may_review=_may_review())
    html = render_template(
        "articles/article.html",
        article=article,
        here=url_for("thread.article", slug=article.slug),
        asked=asked,
        mode=mode.value,
        slow=article.slow_at(now),
        part=part,
        takes_comments=takes_comments(article),
        comment_form=form if takes_comments(article) else None,
        parent=parent,
        may_set_mode=has_role(Role.LEAD),
        for_everybody=shared.is_wanted(request.environ),
    )
    return make_response(html)


def replies(article: Article, root_id: int) -> str:
    """The first page of the replies below one root, as a piece."""
    mode = article.mode_at(clock.now())
    if mode is Mode.HIDDEN:
        raise Missing(service.GONE)
    asked = Asked(branch=root_id)
    part = service.part(article, asked, viewer=current_person(), may_review=_may_review())
    return render_template(
        "comments/_unfolded.html",
        article=article,
        here=url_for("thread.article", slug=article.slug),
        asked=asked,
        mode=mode.value,
        part=part,
        root=part.entries[0],
        takes_comments=takes_comments(article),
    )


def _may_review() -> bool:
    return has_role(Role.MODERATOR, Role.LAWYER)
