"""Both doors, knocked at by a browser; and what was let in."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.cases.models import Report
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from tests import factories, pages

WORDS = "Councillor Quibble is a turnip."
NOTICE = {
    "law": "defamation",
    "explanation": "He is no turnip.",
    "name": "Marta Quill",
    "email": "marta@example.org",
    "good_faith": "y",
}


def decide(app: Flask, comment_id: int, action: Action) -> int:
    with app.app_context():
        decision = factories.decision(db.session.get_one(Comment, comment_id), action)
        db.session.commit()
        return decision.id


def reports(app: Flask) -> list[Report]:
    with app.app_context():
        return list(db.session.scalars(select(Report).order_by(Report.id)))


def send(client: FlaskClient, comment_id: int, **data: str) -> TestResponse:
    url = f"/comments/{comment_id}/report"
    return client.post(url, data={"csrf_token": pages.token(client, url), **data})
