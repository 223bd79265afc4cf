"""Pages for leads: add an article, change how comments are taken under it."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from moderation.articles import service
from moderation.articles.forms import ArticleForm, ModeForm
from moderation.articles.models import Article, Mode
from moderation.database import db
from moderation.errors import Conflict
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("article_admin", __name__)


@bp.get("/articles/add")
@requires(Role.LEAD)
def add() -> ResponseReturnValue:
    form = ArticleForm(formdata=None, mode=Mode.OPEN)
    return render_template("articles/add.html", form=form)


@bp.post("/articles/add")
@requires(Role.LEAD)
def send_add() -> ResponseReturnValue:
    form = ArticleForm()
    if not form.validate():
        return render_template("articles/add.html", form=form), 422
    try:
        article = service.add(
            sites.current(),
            form.slug.data,
            title=form.title.data,
            url=form.url.data,
            standfirst=form.standfirst.data or "",
            how=form.how(),
        )
    except Conflict as error:
        form.form_errors.append(error.sentence)
        return render_template("articles/add.html", form=form), 409
    db.session.commit()
    return see_other(_page_of(article))


@bp.get("/articles/<slug>/mode")
@requires(Role.LEAD)
def mode(slug: str) -> ResponseReturnValue:
    article = service.find(sites.current(), slug)
    form = ModeForm(
        mode=article.mode,
        reason=article.mode_reason,
        sentence=article.mode_sentence,
        until=article.mode_until,
    )
    return render_template("articles/mode.html", form=form, article=article)


@bp.post("/articles/<slug>/mode")
@requires(Role.LEAD)
def set_mode(slug: str) -> ResponseReturnValue:
    """Comments that are there stay as they are."""
    article = service.find(sites.current(), slug)
    form = ModeForm()
    if not form.validate():
        return render_template("articles/mode.html", form=form, article=article), 422
    service.set_mode(article, form.how(), by=somebody())
    db.session.commit()
    flash("Comments on this article are taken in the new way from now on.", "success")
    return see_other(_page_of(article))


def _page_of(article: Article) -> str:
    # the article's page stands above this room
    return f"/articles/{article.slug}"
