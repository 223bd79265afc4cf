"""My comments: where each stands and why, and the way to take one back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.cases import service as cases
from moderation.comments.models import Comment
from moderation.database import db
from moderation.errors import Missing, NotAllowed, Refused
from moderation.intake import queries, told
from moderation.intake.forms import WithdrawForm
from moderation.intake.service import LARGEST_ID
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("mine", __name__)

ON_PAGE = 20


@bp.get("/me/comments")
@requires(Role.COMMENTER)
def comments_of_mine() -> ResponseReturnValue:
    """Newest first, 20 on a page."""
    before = _before()
    found = db.session.scalars(
        queries.mine(somebody().id, sites.current().id, before=before, limit=ON_PAGE + 1)
    ).all()
    return render_template(
        "intake/mine.html",
        mine=told.about(found[:ON_PAGE]),
        is_first=before is None,
        next=found[ON_PAGE - 1].id if len(found) > ON_PAGE else None,
    )


@bp.get("/comments/<int:comment_id>/withdraw")
@requires(Role.COMMENTER)
def withdraw(comment_id: int) -> ResponseReturnValue:
    """Asks first."""
    comment = _own(comment_id)
    if comment.withdrawn_at is not None:
        flash("You have withdrawn this comment already.", "message")
        return redirect(url_for(".comments_of_mine"))
    return _ask(comment, WithdrawForm())


@bp.post("/comments/<int:comment_id>/withdraw")
@requires(Role.COMMENTER)
def send_withdraw(comment_id: int) -> ResponseReturnValue:
    comment = _own(comment_id)
    form = WithdrawForm()
    if not form.validate():
        return _ask(comment, form), 422
    cases.withdraw(comment, by=somebody())
    db.session.commit()
    flash("Your comment is withdrawn. Nobody else sees it any more.", "success")
    return see_other(url_for(".comments_of_mine"))


def _ask(comment: Comment, form: WithdrawForm) -> str:
    mine = told.about([comment])[0]
    return render_template("intake/withdraw.html", mine=mine, comment=comment, form=form)


def _own(comment_id: int) -> Comment:
    """The comment, of this site and by whoever asks, with article and words."""
    found = None
    if comment_id <= LARGEST_ID:
        found = db.session.scalar(queries.one(comment_id, sites.current().id))
    if found is None:
        raise Missing("There is no such comment. It may be gone.")
    if found.author_id != somebody().id:
        raise NotAllowed("Only its author can withdraw a comment.")
    return found


def _before() -> int | None:
    """Where the page begins, from `?after=`: behind this comment."""
    typed = request.args.get("after", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 20 and int(typed) <= LARGEST_ID):
        raise Refused("This link to older comments is broken. Start from your newest ones.")
    return int(typed)
