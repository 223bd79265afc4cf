"""The worst that others type as a comment: never a 500, and what is kept is exact."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.comments.models import Comment, Revision
from moderation.database import db
from moderation.forms import tidy
from tests import factories, pages


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand comments in a minute would be refused, and rightly."""
    for name in ("PER_AUTHOR", "PER_NETWORK"):
        monkeypatch.setattr(f"moderation.intake.views.{name}", ("100000/minute",))
    monkeypatch.setattr("moderation.people.throttle.hit", lambda *_args: None)


@pytest.fixture
def here(app: Flask) -> str:
    with app.app_context():
        slug = factories.article().slug
        db.session.commit()
    return f"/articles/{slug}"


def test_every_string_comes_back_exactly(app: Flask, here: str, strings: list[str]) -> None:
    client = factories.signed_in(app)
    token = pages.token(client, here)
    kept: dict[int, str] = {}
    for text in strings:
        data = {"csrf_token": token, "body": text}
        answer = client.post(f"{here}/comments", data=data)
        if answer.status_code == 303:
            kept[int(answer.location.rpartition("/")[2])] = tidy(data["body"])
        else:
            assert answer.status_code == 422, text
            pages.read(answer)
    assert len(kept) > len(strings) * 0.9
    with app.app_context():
        stored = db.session.execute(
            select(Comment.id, Revision.body).join(Revision, Revision.id == Comment.revision_id)
        )
        assert {row.id: row.body for row in stored} == kept
    pages.page(client, "/me/comments")


@pytest.mark.parametrize("field", ["parent", "submission", "csrf_token"])
def test_hidden_fields_are_not_trusted(
    app: Flask, here: str, strings: list[str], field: str
) -> None:
    client = factories.signed_in(app)
    token = pages.token(client, here)
    for text in strings[::3]:
        data = {"csrf_token": token, "body": "Fine.", field: text}
        assert client.post(f"{here}/comments", data=data).status_code < 500


def test_drafts_and_links_to_them(client: FlaskClient, here: str, strings: list[str]) -> None:
    for text in strings[::3]:
        body = text
        assert client.post(f"{here}/comments", data={"body": body}).status_code in {303, 422}
        assert client.get(here, query_string={"draft": body}).status_code < 500


def test_pages_of_ones_own(app: Flask, strings: list[str]) -> None:
    client = factories.signed_in(app)
    for text in strings[::3]:
        after = text
        assert client.get("/me/comments", query_string={"after": after}).status_code < 500
