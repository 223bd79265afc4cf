"""Writing a comment, as a browser does it: nothing that was typed is lost."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.articles.models import Mode
from moderation.cases.models import Case
from moderation.comments.status import Status
from moderation.database import db
from moderation.intake import views
from moderation.people.models import Person
from tests import factories, pages
from tests.intake.writing import (
    HERE,
    SENTENCE,
    WORDS,
    body_of,
    comments,
    form,
    other_comment,
    send,
    set_mode,
)

pytestmark = pytest.mark.usefixtures("an_article")


def test_a_comment_is_published_and_shown(app: Flask, author: FlaskClient) -> None:
    answer = send(author, f"  {WORDS}\r\n\r\nReally.\r\n")
    (comment,) = comments(app)
    assert (answer.status_code, answer.location) == (303, f"/comments/{comment.id}")
    assert body_of(app, comment) == f"{WORDS}\n\nReally."
    assert "The third pier <em>is</em> the point." in pages.page(app.test_client(), HERE).text
    shown = author.get(answer.location, follow_redirects=True)
    assert f'id="comment-{comment.id}"' in shown.text


def test_the_contract_needs_body_and_parent_only(app: Flask, author: FlaskClient) -> None:
    root = other_comment(app)
    data = {"csrf_token": pages.token(author, HERE), "body": WORDS, "parent": str(root)}
    assert author.post(f"{HERE}/comments", data=data).status_code == 303
    assert comments(app)[-1].parent_id == root
    again = {**data, "parent": ""}
    assert author.post(f"{HERE}/comments", data=again).status_code == 303


def test_the_form_says_what_it_answers(app: Flask, author: FlaskClient) -> None:
    root = other_comment(app)
    assert form(author, f"{HERE}?reply={root}")["parent"] == str(root)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "Write something first."),
        ("\0\x07 \u200b", "Write something first."),
        ("x" * 5001, "at most 5,000 characters, and yours has 5,001"),
    ],
)
def test_what_was_typed_is_there_again(
    app: Flask, author: FlaskClient, body: str, sentence: str
) -> None:
    root = other_comment(app)
    answer = send(author, body, parent=str(root), submission="s1")
    assert answer.status_code == 422
    assert sentence in pages.read(answer).text
    assert body.strip("\0\x07 ") in answer.text
    again = next(one for one in pages.read(answer).forms if one["action"] == f"{HERE}/comments")
    assert (again["parent"], again["submission"]) == (str(root), "s1")
    assert len(comments(app)) == 1


def test_an_old_token_loses_nothing(app: Flask, author: FlaskClient) -> None:
    answer = send(author, csrf_token="old")
    assert answer.status_code == 422
    assert "open for too long" in pages.read(answer).text
    assert WORDS in answer.text
    assert comments(app) == []


def test_another_website_cannot_send_it(app: Flask, author: FlaskClient) -> None:
    data = {**form(author), "body": WORDS}
    answer = author.post(f"{HERE}/comments", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert comments(app) == []


def test_a_form_sent_twice_is_one_comment(app: Flask, author: FlaskClient) -> None:
    data = {**form(author), "body": WORDS}
    assert data["submission"]
    first = author.post(f"{HERE}/comments", data=data)
    again = author.post(f"{HERE}/comments", data=data)
    assert (again.status_code, again.location) == (303, first.location)
    assert len(comments(app)) == 1


def test_the_same_form_with_other_words_is_asked_about(app: Flask, author: FlaskClient) -> None:
    data = {**form(author), "body": WORDS}
    author.post(f"{HERE}/comments", data=data)
    answer = author.post(f"{HERE}/comments", data={**data, "body": "And another thing."})
    assert answer.status_code == 409
    read = pages.read(answer)
    assert "And another thing." in read.text
    fresh = next(one for one in read.forms if one["action"] == f"{HERE}/comments")
    assert fresh["submission"] not in {"", data["submission"]}
    data = {**data, "submission": fresh["submission"], "body": "And another thing."}
    assert author.post(f"{HERE}/comments", data=data).status_code == 303
    assert len(comments(app)) == 2


@pytest.mark.parametrize("mode", [Mode.CLOSED, Mode.HIDDEN])
def test_a_thread_that_closed_meanwhile_gives_the_words_back(
    app: Flask, author: FlaskClient, mode: Mode
) -> None:
    data = {**form(author), "body": WORDS}
    set_mode(app, mode)
    for client in (author, app.test_client()):
        answer = client.post(f"{HERE}/comments", data=data)
        assert answer.status_code == 400
        assert SENTENCE in pages.read(answer).text
        assert WORDS in answer.text
    assert comments(app) == []


def test_a_parent_that_is_gone_leaves_the_words(app: Flask, author: FlaskClient) -> None:
    waiting = other_comment(app, Status.PENDING)
    for parent in (str(waiting), "7", "0", "-3", "x", "9" * 30, "²"):
        answer = send(author, parent=parent)
        assert answer.status_code == 404
        assert "not there any more" in pages.read(answer).text
        assert WORDS in answer.text
        form_again = [one for one in pages.read(answer).forms if "body" in one]
        assert form_again[0]["parent"] == ""
    assert len(comments(app)) == 1


def test_who_has_not_confirmed_keeps_the_words(app: Flask, author: FlaskClient) -> None:
    with app.app_context():
        db.session.scalars(select(Person)).one().confirmed_at = None
        db.session.commit()
    answer = send(author)
    assert answer.status_code == 403
    assert "Confirm your e-mail address first" in pages.read(answer).text
    assert WORDS in answer.text


def test_too_many_at_once_keeps_the_words(
    app: Flask, author: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_AUTHOR", ("2/minute", "60/hour"))
    assert [send(author, f"Number {number}").status_code for number in (1, 2)] == [303, 303]
    answer = send(author)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60
    assert "a lot of comments" in pages.read(answer).text
    assert WORDS in answer.text
    assert len(comments(app)) == 2


def test_a_network_may_not_flood_either(
    app: Flask, author: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_NETWORK", ("1/minute",))
    assert send(author).status_code == 303
    assert send(factories.signed_in(app)).status_code == 429


def test_a_premoderated_comment_waits_and_its_author_sees_it(
    app: Flask, author: FlaskClient
) -> None:
    set_mode(app, Mode.PREMODERATED)
    answer = send(author)
    assert answer.status_code == 303
    (comment,) = comments(app)
    assert comment.status is Status.PENDING
    with app.app_context():
        assert db.session.scalars(select(Case.comment_id)).one() == comment.id
    assert "third pier" in author.get(answer.location, follow_redirects=True).text
    assert "Waiting for a moderator" in pages.page(author, "/me/comments").text
    assert "third pier" not in pages.page(app.test_client(), HERE).text


def test_an_article_there_is_not(author: FlaskClient) -> None:
    token = pages.token(author, HERE)
    for slug in ("none", "a%00b", "%ff"):
        data = {"csrf_token": token, "body": WORDS}
        assert author.post(f"/articles/{slug}/comments", data=data).status_code == 404


def test_the_preview_is_what_will_be_shown(author: FlaskClient) -> None:
    data = {**form(author), "body": f"{WORDS} <script>alert(1)</script>"}
    answer = author.post(f"{HERE}/preview", data=data)
    assert answer.status_code == 200
    assert answer.text.strip() == (
        "<p>The third pier <em>is</em> the point. &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )
    assert author.post(f"{HERE}/preview", data={**data, "body": ""}).status_code == 422


def test_the_preview_is_for_who_is_signed_in(client: FlaskClient) -> None:
    assert client.post(f"{HERE}/preview", data={"body": WORDS}).status_code == 403
