"""An article's page, where a comment can be left, and what was typed there before signing in."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.articles.models import Article
from moderation.comments.models import Comment
from moderation.errors import Missing
from moderation.intake import service
from moderation.intake.forms import CommentForm
from moderation.intake.models import Draft
from moderation.people.guard import for_everybody
from moderation.reading import asked, page
from moderation.reading import service as reading
from moderation.sites import service as sites

bp = Blueprint("thread", __name__)

NOT_KEPT = "What you wrote before signing in is kept for a day, and that day is over."


@bp.get("/articles/<slug>")
@for_everybody
def article(slug: str) -> ResponseReturnValue:
    """The article with its thread."""
    found = reading.article(sites.current(), slug)
    wanted = asked.read(request.args)
    parent: Comment | None = None
    if wanted.reply is not None and page.takes_comments(found):
        parent = reading.to_answer(found, wanted.reply)
    form = CommentForm(formdata=None, submission=service.new_submission())
    if token := request.args.get("draft"):
        form, parent = _from_draft(found, token)
    return page.answer(found, form=form, asked=wanted, parent=parent)


def _from_draft(article: Article, token: str) -> tuple[CommentForm, Comment | None]:
    """The form as it was left, and what it answers if that is still there."""
    draft = service.kept(article, token)
    if draft is None:
        form = CommentForm(formdata=None, submission=service.new_submission())
        form.form_errors.append(NOT_KEPT)
        return form, None
    form = CommentForm(formdata=None, body=draft.body, submission=service.submission_of(draft))
    return form, _answered(article, draft, form)


def _answered(article: Article, draft: Draft, form: CommentForm) -> Comment | None:
    if draft.parent_id is None:
        return None
    try:
        return service.to_answer(article, draft.parent_id)
    except Missing as error:
        form.form_errors.append(error.sentence)
        return None
