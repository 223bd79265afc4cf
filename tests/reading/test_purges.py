"""Whoever keeps pages for us is told which have changed, and nobody who writes waits for it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from moderation.articles.models import Article
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Refused
from moderation.reading import purges
from moderation.sites import service as sites
from tests import factories
from tests.conftest import make_app
from tests.parts.listening import listening
from tests.parts.served import until


@dataclass
class Edge:
    """A CDN's address for purges. answers: its statuses, one after the other, then 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    heard: list[dict[str, str]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def edge() -> Iterator[Edge]:
    found = Edge()
    found.go.set()

    def hear(headers: dict[str, str], body: str) -> int:
        found.go.wait(20)
        found.heard.append({**headers, "body": body})
        return found.answers.pop(0) if found.answers else 200

    with listening(hear) as found.url:
        yield found
        found.go.set()


@pytest.fixture
def behind(app: Flask, edge: Edge, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app whose pages are kept by the edge for twenty seconds."""
    monkeypatch.setattr(purges, "PAUSE", 0.01)
    url = app.config["DATABASE_URL"]
    settings = {"CDN_SECONDS": 20, "PURGE_URL": edge.url, "PURGE_TOKEN": "open-sesame"}
    made = make_app(Path(app.instance_path), url, **settings)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def article(behind: Flask, edge: Edge) -> Article:
    article = factories.article()
    factories.comment(on=article)
    db.session.commit()
    until(lambda: len(edge.heard) == 1)
    edge.heard.clear()
    return article


def test_a_hidden_comment_is_purged_by_all_its_names(
    behind: Flask, article: Article, edge: Edge
) -> None:
    comment = factories.comment(on=article)
    factories.report(comment)
    factories.decision(comment, Action.HIDE)
    assert edge.heard == [], "not before the commit"
    db.session.commit()
    until(lambda: len(edge.heard) == 1)
    name = f"article-{article.id}"
    said = edge.heard[0]
    assert (said["Surrogate-Key"], said["Cache-Tag"]) == (name, name)
    assert json.loads(said["body"]) == {"tags": [name]}
    assert (said["Authorization"], said["Fastly-Key"]) == ("Bearer open-sesame", "open-sesame")
    page = behind.test_client().get(f"/articles/{article.slug}")
    assert name in page.headers["Surrogate-Key"].split()


def test_what_changes_everything_purges_everything(
    behind: Flask, article: Article, edge: Edge
) -> None:
    sites.renew_pages()
    db.session.commit()
    until(lambda: len(edge.heard) == 1)
    assert edge.heard[0]["Surrogate-Key"] == purges.EVERY
    page = behind.test_client().get(f"/articles/{article.slug}")
    assert purges.EVERY in page.headers["Cache-Tag"].split(",")


def test_reading_and_reporting_purge_nothing(behind: Flask, article: Article, edge: Edge) -> None:
    behind.test_client().get(f"/articles/{article.slug}")
    factories.report(factories.comment(on=article))
    db.session.rollback()
    comment = factories.comment(on=article)
    db.session.commit()
    until(lambda: len(edge.heard) == 1)
    factories.report(comment)
    db.session.commit()
    other = factories.comment()
    db.session.commit()
    until(lambda: len(edge.heard) == 2)
    assert edge.heard[1]["Surrogate-Key"] == f"article-{other.article_id}"


def test_nobody_waits_for_an_edge_that_is_slow_and_changes_go_together(
    behind: Flask, article: Article, edge: Edge
) -> None:
    edge.go.clear()
    factories.comment(on=article)
    db.session.commit()
    others = [factories.comment().article_id for _ in range(3)]
    for _ in others:
        db.session.commit()
    assert edge.heard == []
    edge.go.set()
    until(lambda: len(edge.heard) >= 1)
    until(lambda: {f"article-{one}" for one in others} <= told(edge))
    assert len(edge.heard) <= 3


def told(edge: Edge) -> set[str]:
    return {name for one in edge.heard for name in one["Surrogate-Key"].split()}


def test_what_is_refused_is_tried_again_and_then_told(
    behind: Flask, article: Article, edge: Edge
) -> None:
    found = purges.Purges(edge.url, "")
    edge.answers = [503, 429]
    with capture_logs() as said:
        found._tell(["article-1"])
    assert (len(edge.heard), said) == (3, [])
    assert "Authorization" not in edge.heard[0]
    edge.answers = [301] * purges.TRIES  # redirects are not followed
    with capture_logs() as said:
        found._tell(["article-1"])
    assert [line["why"] for line in said] == ["It answered with 301."]
    edge.answers = [500] * 9
    with capture_logs() as said:
        found._tell(["article-1"])
        purges.Purges("http://127.0.0.1:1/", "secret")._tell(["article-1"])
    assert [line["why"][:21] for line in said] == ["It answered with 500.", said[1]["why"][:21]]
    assert "secret" not in str(said)


def test_very_many_at_once_are_all(behind: Flask, article: Article, edge: Edge) -> None:
    found = purges.Purges(edge.url, "")
    found.moved(range(1, purges.MOST + 2))
    until(lambda: len(edge.heard) == 1)
    assert edge.heard[0]["Surrogate-Key"] == purges.EVERY


@pytest.mark.parametrize(
    "settings",
    [
        {"PURGE_URL": "ftp://cdn.example"},
        {"PURGE_TOKEN": "two\nlines"},
        {"PURGE_TOKEN": "two words"},
    ],
)
def test_a_setting_that_cannot_be_is_refused(tmp_path: Path, settings: dict[str, str]) -> None:
    with pytest.raises(Refused, match=next(iter(settings))):
        make_app(tmp_path, **settings)


def test_an_address_that_cannot_be_asked_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no web address"):
        make_app(tmp_path, CDN_SECONDS=5, PURGE_URL="https://user:pw@cdn.example/purge")


def test_without_pages_that_are_kept_nobody_is_told(tmp_path: Path, edge: Edge) -> None:
    assert make_app(tmp_path, PURGE_URL=edge.url).extensions["purges"] is None
    assert make_app(tmp_path, CDN_SECONDS=5).extensions["purges"] is None
