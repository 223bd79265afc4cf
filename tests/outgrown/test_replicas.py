"""A real replica draws pages, never an old one; without it, or behind, the primary does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, make_url

from moderation import clock, replicas
from moderation.articles.models import Article
from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Refused
from tests import factories
from tests.conftest import _close, make_app
from tests.parts import replica
from tests.statements import counted


@pytest.fixture
def outgrown(app: Flask, replica_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Another host on the same database, which knows the replica."""
    url = app.config["DATABASE_URL"]
    other = make_app(tmp_path / "other", url, REPLICA_URL=replica_url, REPLICA_LAG=5)
    yield other
    _close(other)
    for one in replicas.of(other).every:
        one.close()


@pytest.fixture
def here(app: Flask, replica_url: str) -> str:
    """An article with a comment, on the replica too."""
    with app.app_context():
        slug = factories.comment("First words.").article.slug
        db.session.commit()
    catch_up(app, replica_url)
    return f"/articles/{slug}"


def catch_up(app: Flask, replica_url: str) -> None:
    replica.follow(make_url(app.config["DATABASE_URL"]), make_url(replica_url))


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """The statements that the replica is asked in here, as Flask's pages send them."""
    seen: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM comment" in statement:
            seen.append(statement)

    (one,) = replicas.of(app).every
    event.listen(one._engine, "before_cursor_execute", listen)
    try:
        yield seen
    finally:
        event.remove(one._engine, "before_cursor_execute", listen)


def say_more(app: Flask, words: str) -> None:
    with app.app_context():
        article = db.session.scalars(db.select(Article)).one()
        factories.comment(words, on=article)
        db.session.commit()


def test_a_page_is_drawn_by_the_replica(outgrown: Flask, here: str) -> None:
    with asked(outgrown) as there, counted(outgrown) as on_primary:
        answer = outgrown.test_client().get(here)

    assert answer.status_code == 200
    assert "First words." in answer.text
    assert there
    assert on_primary == []


def test_both_draw_the_same(app: Flask, outgrown: Flask, here: str) -> None:
    for query in ("", "?sort=oldest", "?sort=discussed"):
        one, two = app.test_client().get(here + query), outgrown.test_client().get(here + query)
        assert (one.headers["ETag"], one.data) == (two.headers["ETag"], two.data)


def test_who_is_signed_in_reads_the_primary(outgrown: Flask, here: str) -> None:
    somebody = factories.signed_in(outgrown)
    with asked(outgrown) as there:
        assert "First words." in somebody.get(here).text
    assert there == []


def test_a_replica_that_is_behind_shows_nothing_old(
    app: Flask, outgrown: Flask, here: str, replica_url: str
) -> None:
    reader = outgrown.test_client()
    assert "First words." in reader.get(here).text
    with replica.paused(make_url(replica_url)):
        say_more(app, "Second words.")
        hide_first(app)
        with asked(outgrown) as there:
            for query in ("", "?sort=oldest", "?sort=discussed"):
                text = reader.get(here + query).text
                assert "Second words." in text
                assert "First words." not in text
        assert there == []
        # what has not changed, it may draw
        assert replicas.of(outgrown).every[0].trouble == ""
    catch_up(app, replica_url)
    say_more(app, "Third words.")
    catch_up(app, replica_url)
    with asked(outgrown) as there:
        assert "Third words." in reader.get(here).text
    assert there


def hide_first(app: Flask) -> None:
    with app.app_context():
        first = db.session.scalars(db.select(Comment).order_by(Comment.id)).first()
        assert first is not None
        factories.report(first)
        factories.decision(first, Action.HIDE)
        assert db.session.scalars(db.select(Case)).one().closed_at is not None
        db.session.commit()


def test_one_that_lags_for_long_is_left_alone_and_shown(
    app: Flask, outgrown: Flask, here: str, replica_url: str
) -> None:
    reader, began = outgrown.test_client(), clock.now()
    with replica.paused(make_url(replica_url)):
        say_more(app, "Second words.")
        replica.write(make_url(app.config["DATABASE_URL"]))
        for later in (1, 3):
            with clock.at(began + timedelta(seconds=later)):
                assert reader.get("/healthz").text == "ok\n"
        with clock.at(began + timedelta(seconds=9)):
            assert "Second words." in reader.get(here).text
            said = reader.get("/healthz")
            assert said.status_code == 200
            assert said.text == "ok\nreplica 1: is behind by more than 8 seconds\n"
    catch_up(app, replica_url)
    with clock.at(began + timedelta(seconds=20)), asked(outgrown) as there:
        reader.get(f"{here}?sort=oldest")
        assert there == []
    with clock.at(began + timedelta(seconds=60)), asked(outgrown) as there:
        assert reader.get("/healthz").text == "ok\n"
        reader.get(f"{here}?sort=discussed")
        assert there


def test_a_dead_one_slows_nobody_down_and_is_shown(app: Flask, here: str, tmp_path: Path) -> None:
    dead = f"postgresql://moderation@/postgres?host={tmp_path}"
    other = make_app(tmp_path / "other", app.config["DATABASE_URL"], REPLICA_URL=dead)
    reader = other.test_client()
    assert "First words." in reader.get(here).text
    assert reader.get("/healthz").text.startswith("ok\nreplica 1: does not answer (")
    with other.app_context():
        db.engine.dispose()


def test_one_that_breaks_off_half_way_is_not_noticed(
    app: Flask, outgrown: Flask, here: str
) -> None:
    """Its connection is cut in the middle of a page."""
    (one,) = replicas.of(outgrown).every

    def cut(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM comment" in statement:
            connection.connection.driver_connection.close()

    outgrown.config["PROPAGATE_EXCEPTIONS"] = False
    event.listen(one._engine, "before_cursor_execute", cut)
    answer = outgrown.test_client().get(here)
    event.remove(one._engine, "before_cursor_execute", cut)

    assert answer.status_code == 200
    assert "First words." in answer.text


def test_a_server_that_takes_writes_is_no_replica(app: Flask, here: str, tmp_path: Path) -> None:
    url = app.config["DATABASE_URL"]
    other = make_app(tmp_path / "other", url, REPLICA_URL=url)
    assert "is no replica" in other.test_client().get("/healthz").text
    for one in replicas.of(other).every:
        one.close()
    with other.app_context():
        db.engine.dispose()


def test_sqlite_has_none(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="REPLICA_URL"):
        make_app(tmp_path, REPLICA_URL="postgresql://somewhere/else")
