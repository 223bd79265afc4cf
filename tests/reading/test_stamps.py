"""How a process learns that a kept page may be another one now."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from moderation.articles.models import Article
from moderation.comments.service import recount
from moderation.database import db
from moderation.reading import stamps
from moderation.reading.stamps import PLACES, WIDTH, Nowhere, OfOneHost, OfRedis, Stamps
from moderation.sites import service as sites
from tests import factories
from tests.conftest import make_app
from tests.reading.test_at_once import database, outgrown

__all__ = ["database", "outgrown"]
NOBODY = "redis://127.0.0.1:1"  # refused at once


@pytest.fixture
def here(app: Flask, outgrown: dict[str, str]) -> Iterator[Flask]:
    made = make_app(Path(app.instance_path), app.config["DATABASE_URL"], **outgrown)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def article(here: Flask) -> Article:
    article = factories.article()
    factories.comment(on=article)
    db.session.commit()
    return article


def of(app: Flask) -> Stamps:
    found: Stamps = app.extensions["stamps"]
    return found


def with_a_savepoint(article: Article) -> None:
    with db.session.begin_nested():
        article.title = "Another title"
    factories.person()


CHANGES: dict[str, Callable[[Article], object]] = {
    "its words": lambda article: setattr(article, "title", "Another title"),
    "inside a savepoint": with_a_savepoint,
    "a comment": lambda article: factories.comment(on=article),
    "the site": lambda article: setattr(factories.site(), "name", "The Daily Other"),
    "somebody's name": lambda article: sites.renew_pages(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_moves_the_stamp_once_committed(
    here: Flask, article: Article, change: Callable[[Article], object]
) -> None:
    before = of(here).now(article.id)
    if before is None:
        assert isinstance(of(here), Nowhere), "everybody else has one"
        return
    change(article)
    db.session.flush()
    assert of(here).now(article.id) == before, "not yet"
    db.session.commit()
    after = of(here).now(article.id)
    assert after != before
    assert of(here).now(article.id) == after, "and stays"


def test_what_is_taken_back_moves_nothing(here: Flask, article: Article) -> None:
    before = of(here).now(article.id)
    article.title = "Another title"
    db.session.flush()
    db.session.rollback()
    db.session.commit()
    assert of(here).now(article.id) == before


def test_one_thread_leaves_the_others_alone(here: Flask, article: Article) -> None:
    other = factories.article()
    comment = factories.comment(on=other)
    db.session.commit()
    before = of(here).now(article.id)
    recount(comment)
    db.session.commit()
    assert of(here).now(article.id) == before


def test_where_the_stamps_are_is_a_matter_of_settings(app: Flask, tmp_path: Path) -> None:
    kind = OfOneHost if app.config["DATABASE_URL"] == "" else Nowhere
    assert type(of(app)) is kind
    nowhere = f"sqlite:///{tmp_path}/no-such-folder/moderation.sqlite"
    with capture_logs() as said:
        assert isinstance(of(make_app(tmp_path, nowhere)), Nowhere)
    assert said[0]["event"].startswith("no file for stamps")


def test_all_processes_of_a_host_see_one_file(tmp_path: Path) -> None:
    one, other = OfOneHost(tmp_path / "stamps"), OfOneHost(tmp_path / "stamps")
    before = other.now(7), other.now(8)
    one.moved([7])
    assert other.now(7) != before[0]
    assert other.now(8) == before[1]
    one.moved([None])
    assert other.now(8) != before[1]
    assert (tmp_path / "stamps").stat().st_mode & 0o077 == 0
    with (tmp_path / "stamps").open("rb") as file:
        assert os.lseek(file.fileno(), 0, os.SEEK_HOLE) == PLACES * WIDTH, "its room is taken"


def test_a_redis_that_is_gone_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    found = OfRedis(NOBODY)
    with capture_logs() as said:
        assert found.now(1) is None
        assert found.now(1) is None
        found.moved([1])
    assert [line["log_level"] for line in said] == ["warning"], "said once"
    monkeypatch.setattr(stamps, "monotonic", lambda: float("inf"))
    with capture_logs() as said:
        found.moved([1])
    assert [line["log_level"] for line in said] == ["warning"], "asked again"


def test_a_connection_that_was_closed_meanwhile_is_no_trouble(valkey_url: str) -> None:
    found = OfRedis(valkey_url)
    before = found.now(7)
    for connection in found._idle:
        connection._sock.close()  # as a firewall does
    with capture_logs() as said:
        found.moved([7])
        assert found.now(7) != before
    assert said == []


def test_a_redis_on_a_socket_is_found_by_either_name() -> None:
    for url in ("redis+unix:///run/valkey.sock", "unix:///run/valkey.sock"):
        assert stamps.OfRedis(url).now(1) is None  # nobody is there


def test_redis_tells_every_machine(valkey_url: str) -> None:
    one, other = OfRedis(valkey_url), OfRedis(valkey_url)
    before = other.now(7), other.now(8)
    one.moved([7])
    assert other.now(7) != before[0]
    assert other.now(8) == before[1]
    one.moved([None])
    assert other.now(8) != before[1]


def test_redis_is_told_of_every_change_however_many_there_were(valkey_url: str) -> None:
    one, other = OfRedis(valkey_url), OfRedis(valkey_url)
    for article_id in range(1, 300):
        before = other.now(article_id)
        one.moved([article_id])
        assert before is not None
        assert other.now(article_id) not in (None, before)
