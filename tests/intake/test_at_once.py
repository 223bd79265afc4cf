"""The same form at the same moment from several places."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from moderation.articles.models import Article
from moderation.cases.decisions import Decision
from moderation.comments.models import Comment
from moderation.database import db
from moderation.intake import service
from moderation.people.models import Person
from tests import factories, pages

TIMES = 4


def hand_in_at_once(app: Flask, article_ids: list[int], author_id: int) -> set[int]:
    together = Barrier(len(article_ids))

    def hand_in(article_id: int) -> int:
        together.wait()
        with app.app_context():
            comment = service.hand_in(
                db.session.get_one(Article, article_id),
                author=db.session.get_one(Person, author_id),
                body="Once is enough.",
                submission="the-same",
            )
            db.session.commit()
            return comment.id

    with ThreadPoolExecutor(len(article_ids)) as pool:
        return set(pool.map(hand_in, article_ids))


def prepare(app: Flask, articles: int) -> tuple[list[int], int]:
    with app.app_context():
        ids = [factories.article().id for _ in range(articles)]
        author_id = factories.person().id
        db.session.commit()
    return ids, author_id


def count(app: Flask, what: type[Comment] | type[Decision]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(what)) or 0


def test_one_form_under_one_article(app: Flask) -> None:
    ids, author_id = prepare(app, 1)
    assert len(hand_in_at_once(app, ids * TIMES, author_id)) == 1
    assert (count(app, Comment), count(app, Decision)) == (1, 1)


def test_one_form_under_different_articles(app: Flask) -> None:
    """The articles' locks do not help here: the index does."""
    ids, author_id = prepare(app, TIMES)
    assert len(hand_in_at_once(app, ids, author_id)) == 1
    assert (count(app, Comment), count(app, Decision)) == (1, 1)
    with app.app_context():
        counts = db.session.scalars(select(Article.comment_count)).all()
    assert sorted(counts) == [0] * (TIMES - 1) + [1]


def test_one_form_by_two_browsers(app: Flask) -> None:
    with app.app_context():
        slug = factories.article().slug
        email = factories.person().email
        db.session.commit()
    browsers = [app.test_client() for _ in range(2)]
    tokens = []
    for browser in browsers:
        factories.sign_in(browser, email)
        tokens.append(pages.token(browser, f"/articles/{slug}"))
    together = Barrier(2)

    def send(browser: FlaskClient, token: str) -> str | None:
        together.wait()
        data = {"csrf_token": token, "body": "Once is enough.", "submission": "the-same"}
        return browser.post(f"/articles/{slug}/comments", data=data).location

    with ThreadPoolExecutor(2) as pool:
        (there,) = set(pool.map(send, browsers, tokens))
    assert there is not None
    assert there.startswith("/comments/")
    assert count(app, Comment) == 1
