"""The policy as everybody reads it: the version in force, older ones, what has changed."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from moderation.database import db
from moderation.people.guard import current_person, for_everybody
from moderation.policy import queries, rules, service
from moderation.policy.models import PolicyVersion
from moderation.sites import service as sites

bp = Blueprint("policy", __name__)

FRESH_SECONDS = 60  # for readers who are not signed in, and the proxies before them


@bp.get("/policy")
@for_everybody
def in_force() -> ResponseReturnValue:
    version = service.in_force(sites.current())
    return _page(version, newest=version.number)


@bp.get("/policy/<int:number>")
@for_everybody
def older(number: int) -> ResponseReturnValue:
    """A version as it was, for the decisions made under it."""
    site = sites.current()
    newest = service.in_force(site).number
    return _page(service.find_version(site, number), newest=newest)


@bp.get("/policy/changes")
@for_everybody
def changes() -> ResponseReturnValue:
    """What each version changed."""
    versions = db.session.execute(queries.numbers(sites.current().id)).all()
    return _kept(render_template("policy/changes.html", versions=versions))


def _page(version: PolicyVersion, *, newest: int) -> Response:
    html = render_template(
        "policy/version.html",
        version=version,
        newest=newest,
        severities=rules.SEVERITIES,
        actions=rules.DEFAULT_ACTIONS,
    )
    return _kept(html)


def _kept(html: str) -> Response:
    """The same for everybody who is not signed in, so that it need not be sent twice."""
    answer = make_response(html)
    if current_person() is None:
        answer.add_etag()
        answer.cache_control.public = True
        answer.cache_control.max_age = FRESH_SECONDS
        answer.vary.add("Cookie")
        answer.make_conditional(request)
    return answer
