"""Pages for leads: add an article, change how comments are taken and what may not be said."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from moderation.articles import service
from moderation.articles.forms import ArticleForm, ContemptForm, ModeForm
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


@bp.get("/articles/<slug>/contempt")
@requires(Role.LEAD)
def contempt(slug: str) -> ResponseReturnValue:
    article = service.find(sites.current(), slug)
    form = ContemptForm(
        formdata=None,
        terms="\n".join(article.contempt_terms or ()),
        seen=service.terms_mark(article),
    )
    return render_template("articles/contempt.html", form=form, article=article)


@bp.post("/articles/<slug>/contempt")
@requires(Role.LEAD)
def set_contempt(slug: str) -> ResponseReturnValue:
    """Comments that are there stay as they are."""
    article = service.find(sites.current(), slug)
    form = ContemptForm()
    if not form.validate():
        return render_template("articles/contempt.html", form=form, article=article), 422
    try:
        lines = form.terms.data.splitlines()
        service.set_contempt_terms(article, lines, by=somebody(), seen=form.seen.data)
    except Conflict as error:
        form.form_errors.append(error.sentence)
        form.seen.data = service.terms_mark(article)
        return render_template("articles/contempt.html", form=form, article=article), 409
    db.session.commit()
    flash(_told(article), "success")
    return see_other(url_for(".contempt", slug=slug))


def _told(article: Article) -> str:
    number = len(article.contempt_terms or ())
    if not number:
        return "The list is empty: no term is looked for any more."
    terms = "1 term is" if number == 1 else f"{number} terms are"
    return f"{terms} looked for in every comment from now on."


def _page_of(article: Article) -> str:
    # the article's page stands above this room
    return f"/articles/{article.slug}"
