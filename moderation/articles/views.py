"""The front page. An article's own page comes with its thread, see `reading`."""

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from moderation import clock
from moderation.articles import queries
from moderation.database import db
from moderation.errors import Refused
from moderation.people.guard import for_everybody, for_machines, has_role
from moderation.people.roles import Role
from moderation.sites import service as sites

bp = Blueprint("articles", __name__)

ON_FRONT = 50
MOST_COUNTED = 100
COUNTS_KEPT = 30  # seconds


@bp.get("/")
@for_everybody
def front() -> ResponseReturnValue:
    """The newest articles with how much they are discussed."""
    articles = db.session.scalars(queries.front(sites.current().id, limit=ON_FRONT)).all()
    may_add = has_role(Role.LEAD)
    return render_template("articles/index.html", articles=articles, may_add=may_add)


@bp.get("/counts")
@for_machines
def counts() -> Response:
    """`?url=…&url=…`: how many comments these articles have, for a publisher's own pages."""
    urls = dict.fromkeys(url for url in request.args.getlist("url") if "\0" not in url)
    if len(urls) > MOST_COUNTED:
        raise Refused(f"Ask for at most {MOST_COUNTED} addresses at once.")
    asked = {"host": request.host, "urls": list(urls), "moment": clock.now()}
    found = db.session.connection().execute(queries.COUNTS, asked).all()
    if not found:
        sites.current()  # or there is none at this address
    answer = jsonify(counts=dict.fromkeys(urls, 0) | dict(found))
    answer.cache_control.public = True
    answer.cache_control.max_age = COUNTS_KEPT
    answer.access_control_allow_origin = "*"  # numbers that everybody can read
    return answer
