"""The front page. An article's own page comes with its thread, see `reading`."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from moderation.articles import queries
from moderation.database import db
from moderation.people.guard import for_everybody, has_role
from moderation.people.roles import Role
from moderation.sites import service as sites

bp = Blueprint("articles", __name__)

ON_FRONT = 50


@bp.get("/")
@for_everybody
def front() -> ResponseReturnValue:
    """The newest articles with how much they are discussed."""
    articles = db.session.scalars(queries.front(sites.current().id, limit=ON_FRONT)).all()
    may_add = has_role(Role.LEAD)
    return render_template("articles/index.html", articles=articles, may_add=may_add)
