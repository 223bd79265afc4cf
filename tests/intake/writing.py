"""Steps of the stories about writing a comment."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.articles import service as articles
from moderation.articles.models import Article, Mode, ModeReason
from moderation.articles.service import How
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Status
from moderation.database import db
from tests import factories, pages

HERE = "/articles/harbour-tram"
WORDS = "The third pier *is* the point."
SENTENCE = "A court is hearing this case."


def set_mode(app: Flask, mode: Mode) -> None:
    with app.app_context():
        article = db.session.scalars(select(Article)).one()
        articles.set_mode(article, How(mode, ModeReason.LEGAL, SENTENCE), by=None)
        db.session.commit()


def form(client: FlaskClient, url: str = HERE) -> dict[str, str]:
    """What a browser would send with the comment form on this page."""
    found = [one for one in pages.page(client, url).forms if one["action"] == f"{HERE}/comments"]
    (fields,) = found
    return {name: fields[name] for name in ("csrf_token", "parent", "submission") if name in fields}


def send(client: FlaskClient, body: str = WORDS, **data: str) -> TestResponse:
    return client.post(f"{HERE}/comments", data={**form(client), "body": body, **data})


def comments(app: Flask) -> list[Comment]:
    with app.app_context():
        return list(db.session.scalars(select(Comment).order_by(Comment.id)))


def body_of(app: Flask, comment: Comment) -> str:
    with app.app_context():
        return db.session.get_one(Revision, comment.revision_id).body


def other_comment(app: Flask, status: Status = Status.PUBLISHED) -> int:
    with app.app_context():
        article = db.session.scalars(select(Article)).one()
        id_ = factories.comment("First!", on=article, status=status).id
        db.session.commit()
    return id_
