"""Slow statements and long waits are told, without a word of what was typed."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from moderation import logs, statements
from moderation.comments.models import Revision
from moderation.database import db, only_reading, will_write
from moderation.people.models import Person
from tests import factories
from tests.conftest import make_app
from tests.seeing.looking import grown, lines, numbers


@pytest.fixture
def impatient(app: Flask) -> Flask:
    """Everything is slow to it."""
    with app.app_context():
        statements.watch(db.engine, slow_ms=0)
    logs.configure()
    return app


def test_a_slow_statement_is_told_with_places_for_values(
    impatient: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    client = impatient.test_client()
    answer = client.post("/sign-in", data={"email": "ann@example.org", "password": "plum jam"})
    found = lines(capsys, "slow query")
    assert found
    asked = next(line for line in found if "FROM person" in str(line["sql"]))
    assert asked["request_id"] == answer.headers["X-Request-ID"]
    assert asked["route"] == "/sign-in"
    assert isinstance(asked["ms"], float)
    assert "WHERE" in str(asked["sql"])
    assert "\n" not in str(asked["sql"])
    assert "ann" not in str([line["sql"] for line in found])
    assert "plum jam" not in str(found)


def test_a_statement_that_is_quick_enough_is_not(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    before = numbers(client)
    client.get("/")
    after = numbers(client)
    assert lines(capsys, "slow query") == []
    assert grown(before, after, "slow_statements_total") == 0
    assert grown(before, after, "statements_total") >= 2
    assert grown(before, after, "statement_seconds_total") > 0


def test_many_rows_at_once_and_a_statement_without_values(
    impatient: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with impatient.app_context():
        comment = factories.comment("Secret words.")
        lines(capsys, "slow query")
        rows = [
            {"comment_id": comment.id, "number": each, "body": "Secret words.", "html": ""}
            for each in (7, 8, 9)
        ]
        columns = set(Revision.__table__.columns.keys())
        db.session.execute(
            insert(Revision),
            [{name: value for name, value in row.items() if name in columns} for row in rows],
        )
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
    found = lines(capsys, "slow query")
    assert len(found) >= 2
    assert "Secret" not in str(found)


def test_what_the_database_refuses_stays_an_error(impatient: Flask) -> None:
    with impatient.app_context(), only_reading(), pytest.raises(Exception, match="nowhere"):
        db.session.execute(text("SELECT * FROM nowhere"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_waits_to_write_is_told_as_that(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    before = numbers(client)
    file = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    letting_go = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    letting_go.start()
    began = time.monotonic()
    with make_app(Path(app.instance_path), SLOW_QUERY_MS=200).app_context():
        will_write()
        db.session.execute(select(Person.id).limit(1))
        db.session.rollback()
        db.engine.dispose()
    waited = time.monotonic() - began
    letting_go.join()
    other.close()
    said = capsys.readouterr().err
    assert said.count("waited to write") == 1, said
    assert "slow query" not in said
    after = numbers(client)
    assert grown(before, after, "lock_waits_total") == 1
    assert 0.2 < grown(before, after, "lock_wait_seconds_total") <= waited
