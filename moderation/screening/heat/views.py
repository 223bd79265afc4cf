"""The button that takes back what was done about an article's heat; the numbers beside it."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from moderation import clock
from moderation.articles import service as articles
from moderation.articles.models import Article
from moderation.database import db
from moderation.errors import Refused
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.screening.heat import service
from moderation.screening.heat.forms import CoolForm
from moderation.screening.heat.service import State, pace_in_words
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("heat", __name__)
bp.add_app_template_filter(pace_in_words)

OVER = "There is nothing to take back: it is over already."
BACK = "Comments are taken as usual again. For the next {minutes} minutes it stays so."


@bp.app_template_global()
def heat_state(article: Article) -> State:
    """How an article stands, for the page on which a lead changes its mode."""
    return service.state_of(article, sites.current(), clock.now())


@bp.post("/articles/<slug>/cool")
@requires(Role.LEAD)
def cool(slug: str) -> ResponseReturnValue:
    site = sites.current()
    article = articles.find(site, slug)
    form = CoolForm()
    if not form.validate():
        raise Refused(" ".join(form.form_errors))
    was_hot = service.cool(article, site, by=somebody())
    db.session.commit()
    if was_hot:
        flash(BACK.format(minutes=service.line_of(site).minutes), "success")
    else:
        flash(OVER, "message")
    return see_other(url_for("article_admin.mode", slug=slug))
