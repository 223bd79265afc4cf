"""The page everybody shares: never stale, never somebody's own, answered from bytes."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.articles.models import Article, Mode
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.people import service as people
from moderation.people.models import Person
from moderation.reading.kept import Page, Shelf
from tests import factories
from tests.conftest import make_app
from tests.statements import counted

CACHED = "public, max-age=0, must-revalidate"


@pytest.fixture
def here(app: Flask) -> str:
    """An article with a comment."""
    with app.app_context():
        comment = factories.comment("First words.")
        slug = comment.article.slug
        db.session.commit()
    return f"/articles/{slug}"


def change(app: Flask, here: str, **values: object) -> None:
    with app.app_context():
        article = db.session.scalar(db.select(Article).where(Article.slug == here[10:]))
        assert article is not None
        for name, value in values.items():
            setattr(article, name, value)
        db.session.commit()


def test_second_reader_costs_no_query_of_ours(app: Flask, client: FlaskClient, here: str) -> None:
    first = client.get(here)
    with counted(app) as seen:
        second = app.test_client().get(here)

    assert second.data == first.data
    assert seen == []
    assert second.headers["Cache-Control"] == CACHED
    assert "Content-Security-Policy" in second.headers
    assert "Set-Cookie" not in second.headers
    assert "csrf_token" not in second.text


def test_an_article_may_be_called_version(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.comment("First words.", on=factories.article(slug="version"))
        db.session.commit()
    for _ in range(2):
        assert client.get("/articles/version/version").is_json
        assert "First words." in client.get("/articles/version").text


def test_not_modified_and_compressed(client: FlaskClient, here: str) -> None:
    plain = client.get(here)
    etag = plain.headers["ETag"]
    zipped = client.get(here, headers={"Accept-Encoding": "br, gzip"})
    refused = client.get(here, headers={"Accept-Encoding": "gzip;q=0"})
    again = client.get(here, headers={"If-None-Match": f'W/"x", {etag}'})
    head = client.head(here)

    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.headers["Content-Length"] == str(len(zipped.data))
    assert refused.data == plain.data
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert "Accept-Encoding" in again.headers["Vary"]
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(plain.data)))


def test_every_change_shows_at_once_in_every_process(app: Flask, here: str) -> None:
    """Another process is another application on the same database."""
    second = make_app(Path(app.instance_path), app.config["DATABASE_URL"])
    other = second.test_client()
    one = app.test_client()
    assert "First words." in one.get(here).text
    etag = other.get(here).headers["ETag"]
    assert one.get(here).headers["ETag"] == etag

    with app.app_context():
        first = db.session.scalar(db.select(Comment))
        assert first is not None
        first_id = first.id
        factories.comment("Second words.", on=db.session.get_one(Article, first.article_id))
        db.session.commit()
    for client in (one, other):
        assert "Second words." in client.get(here, headers={"If-None-Match": etag}).text

    with app.app_context():
        first = db.session.get_one(Comment, first_id)
        factories.report(first)
        factories.decision(first, Action.HIDE)
        db.session.commit()
    for client in (one, other):
        assert "First words." not in client.get(here).text
    with second.app_context():
        db.engine.dispose()


def test_mode_site_and_time_are_part_of_the_page(
    app: Flask, client: FlaskClient, here: str
) -> None:
    end = clock.now() + timedelta(hours=1)
    assert "<textarea" in client.get(here).text
    change(app, here, mode=Mode.CLOSED, mode_until=end)
    assert "<textarea" not in client.get(here).text
    with clock.at(end):
        assert "<textarea" in client.get(here).text
    change(app, here, mode_until=None, mode_sentence="Closed for the night.")
    assert "Closed for the night." in client.get(here).text
    with app.app_context():
        factories.site().name = "Another Name"
        db.session.commit()
    assert "Another Name" in client.get(here).text


def test_nobody_gets_what_is_somebodys_own(app: Flask, client: FlaskClient, here: str) -> None:
    mine = factories.signed_in(app)

    for _ in range(2):
        own = mine.get(here)
        assert own.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in own.headers
        assert "Sign out" in own.text
        everybodys = client.get(here)
        assert "Sign out" not in everybodys.text
        assert "Cookie" in everybodys.headers["Vary"]


def test_a_message_for_one_reader_is_shown_to_that_one(app: Flask, here: str) -> None:
    reader = app.test_client()
    with reader.session_transaction() as session:
        session["_flashes"] = [("success", "Only for you.")]

    answer = reader.get(here)

    assert "Only for you." in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Only for you." not in app.test_client().get(here).text


@pytest.mark.parametrize("query", ["?draft=x", "?reply=1", "?sort=best", "?after=x"])
def test_what_is_not_shared_is_not_kept(client: FlaskClient, here: str, query: str) -> None:
    assert client.get(here + query).headers["Cache-Control"] == "private, no-store"


def test_parameters_of_others_make_no_page_of_their_own(client: FlaskClient, here: str) -> None:
    plain = client.get(here)

    assert client.get(f"{here}?utm_source=mail").headers["ETag"] == plain.headers["ETag"]
    assert client.get(f"{here}?sort=newest").headers["ETag"] == plain.headers["ETag"]
    assert client.get(f"{here}?sort=oldest").headers["ETag"] != plain.headers["ETag"]


def test_shelf_lets_the_longest_unread_go() -> None:
    shelf = Shelf(room=250)
    pages = {name: Page(name, (), b"x" * 60, b"y" * 40) for name in "abc"}
    shelf.put("a", pages["a"])
    shelf.put("b", pages["b"])
    assert shelf.get("a") is pages["a"]
    shelf.put("c", pages["c"])

    assert shelf.get("b") is None
    assert shelf.get("a") is pages["a"]
    shelf.put("c", Page("c", (), b"x" * 300, b""))
    assert shelf.get("a") is shelf.get("c") is None
    shelf.put("a", pages["a"])
    assert shelf.get("a") is pages["a"]


def test_a_broken_database_is_left_to_the_page_for_errors(app: Flask, here: str) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    rename(app, "article", "elsewhere")
    try:
        answer = app.test_client().get(here)
    finally:
        rename(app, "elsewhere", "article")

    assert answer.status_code == 500
    assert "Something broke on our side." in answer.text


def rename(app: Flask, old: str, new: str) -> None:
    with app.app_context():
        db.session.execute(db.text(f"ALTER TABLE {old} RENAME TO {new}"))
        db.session.commit()


def test_a_new_name_shows_at_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        author = factories.person(name="Old Name")
        slug = factories.comment(by=author).article.slug
        author_id = author.id
        db.session.commit()
    assert "Old Name" in client.get(f"/articles/{slug}").text
    with app.app_context():
        people.rename(db.session.get_one(Person, author_id), "New Name")
        db.session.commit()
    shown = client.get(f"/articles/{slug}").text
    assert "New Name" in shown
    assert "Old Name" not in shown
