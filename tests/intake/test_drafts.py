"""What was written before signing in, or while the session ended, is found again."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.intake import views
from tests import factories, pages
from tests.intake.writing import HERE, WORDS, body_of, comments, form, other_comment, send

pytestmark = pytest.mark.usefixtures("an_article")


def test_words_survive_signing_in(app: Flask, client: FlaskClient) -> None:
    root = other_comment(app)
    answer = send(client, f"{WORDS} «&?#»", parent=str(root))
    assert answer.status_code == 303
    assert comments(app)[1:] == []
    sign_in = urlsplit(answer.location)
    assert sign_in.path == "/sign-in"
    (back,) = parse_qs(sign_in.query)["next"]
    assert back.startswith(f"{HERE}?draft=")
    assert back.endswith("#leave-a-comment")
    with app.app_context():
        email = factories.person().email
        db.session.commit()
    pages.page(client, answer.location)
    data = {"email": email, "password": factories.PASSWORD, "next": back}
    signed_in = client.post("/sign-in", data=data)
    assert signed_in.location == back
    read = pages.page(client, back)
    assert f"{WORDS} «&amp;?#»" in read.text
    data = form(client, back)
    assert data["parent"] == str(root)
    data["body"] = f"{WORDS} «&?#»"
    first = client.post(f"{HERE}/comments", data=data)
    assert first.status_code == 303
    # the same words in another window
    data = {**form(client, back), "body": data["body"]}
    assert client.post(f"{HERE}/comments", data=data).location == first.location
    assert body_of(app, comments(app)[1]) == f"{WORDS} «&?#»"


def test_a_session_that_ended_while_writing_loses_nothing(app: Flask, author: FlaskClient) -> None:
    data = {**form(author), "body": WORDS}
    author.post("/sign-out", data={"csrf_token": data["csrf_token"]})
    answer = author.post(f"{HERE}/comments", data=data)
    assert answer.status_code == 303
    (back,) = parse_qs(urlsplit(answer.location).query)["next"]
    assert WORDS in pages.page(author, back).text


def test_an_empty_comment_is_refused_before_signing_in(app: Flask, client: FlaskClient) -> None:
    answer = send(client, " ")
    assert answer.status_code == 422
    assert "Write something first." in pages.read(answer).text


def test_a_draft_that_is_gone_or_answers_what_is_gone_says_so(
    app: Flask, client: FlaskClient
) -> None:
    assert "that day is over" in pages.page(client, f"{HERE}?draft=nothing").text
    root = other_comment(app)
    back = parse_qs(urlsplit(send(client, parent=str(root)).location).query)["next"][0]
    with app.app_context():
        db.session.get_one(Comment, root).status = Status.HIDDEN
        db.session.commit()
    read = pages.page(client, back)
    assert WORDS in read.text
    assert "not there any more" in read.text


def test_drafts_are_counted(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "DRAFTS_PER_NETWORK", "1/hour")
    assert send(client).status_code == 303
    answer = send(client)
    assert answer.status_code == 429
    assert WORDS in pages.read(answer).text
