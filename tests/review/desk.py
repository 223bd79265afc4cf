"""What the stories of the desk's forms have in common."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.pages import Page

PIECE = {"X-Piece": "true"}


def reported(app: Flask, body: str = "You clown.", **given: Any) -> int:
    """A published comment with one report; its case's id."""
    with app.app_context():
        comment = factories.comment(body, **given)
        factories.report(comment, explanation="An insult.")
        case_id = factories.case_of(comment).id
        db.session.commit()
    return case_id


def form_to(shown: Page, end: str) -> dict[str, str]:
    """The form on a page that goes to an address ending so."""
    return next(form for form in shown.forms if form["action"].endswith(end))


def press(client: FlaskClient, shown: Page, end: str = "/decisions", **typed: str) -> TestResponse:
    """Send the form as a browser would: what is hidden in it, and what was typed."""
    form = form_to(shown, end)
    hidden = ("csrf_token", "revision", "version", "shown", "decision")
    data = {name: form[name] for name in hidden if name in form}
    return client.post(form["action"], data=data | typed)


def status_of(app: Flask, case_id: int) -> Status:
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        return db.session.get_one(Comment, case.comment_id).status


def named(app: Flask, name: str, role: Role = Role.MODERATOR) -> FlaskClient:
    """A browser with somebody of that name signed in."""
    with app.app_context():
        email = factories.person(role, name=name).email
        db.session.commit()
    client = app.test_client()
    factories.sign_in(client, email)
    return client
