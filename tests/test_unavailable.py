"""The database is locked, full, restarting or gone: a sentence, what was typed, and it heals."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from moderation import unavailable, worker
from moderation.comments.models import Comment
from moderation.database import db
from tests import factories, pages
from tests.parts.served import until

WORDS = "All the words of a long evening,\nwith <b>signs</b>."
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("database", ["postgres"], indirect=True)


@pytest.fixture
def here(app: Flask) -> str:
    with app.app_context():
        slug = factories.article().slug
        db.session.commit()
    return f"/articles/{slug}"


def form(client: FlaskClient, here: str) -> dict[str, str]:
    return {"csrf_token": pages.token(client, here), "body": WORDS}


def refused(answer: TestResponse) -> None:
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "nothing was stored" in answer.text
    assert "&lt;b&gt;signs&lt;/b&gt;" in answer.text, "what was typed, to be copied"
    assert answer.headers["X-Request-ID"] in answer.text
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    pages.read(answer)


def comments(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def _be_impatient(raw: sqlite3.Connection, _record: object) -> None:
    raw.execute("PRAGMA busy_timeout=50")


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", _be_impatient)
    other = sqlite3.connect(Path(app.instance_path) / "moderation.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@only_sqlite
def test_who_cannot_write_keeps_the_words_and_others_read_on(app: Flask, here: str) -> None:
    client = factories.signed_in(app)
    data = form(client, here)
    with locked(app):
        refused(client.post(f"{here}/comments", data=data))
        assert client.get(here).status_code == 200
        piece = client.post(f"{here}/comments", data=data, headers={"X-Piece": "true"})
        assert piece.status_code == 503
        assert "<html" not in piece.text
    assert comments(app) == 0
    assert client.post(f"{here}/comments", data=data).status_code == 303
    assert comments(app) == 1


@only_sqlite
def test_a_full_disk_stores_nothing_by_half_and_heals(app: Flask, here: str) -> None:
    client = factories.signed_in(app)
    data = form(client, here)
    assert client.post(f"{here}/comments", data=data).status_code == 303
    with app.app_context():
        pages_now = db.session.scalar(text("PRAGMA page_count"))
        db.session.rollback()
        db.engine.dispose()

        def fill(raw: sqlite3.Connection, _record: object) -> None:
            raw.execute(f"PRAGMA max_page_count={pages_now}")

        event.listen(db.engine, "connect", fill)
    stored = 1
    while True:
        long = {**data, "body": f"{WORDS} {stored} {'x ' * 2000}"}
        answer = client.post(f"{here}/comments", data=long)
        if answer.status_code != 303:
            break
        stored += 1
    refused(answer)
    assert comments(app) == stored
    assert client.get(here).status_code == 200
    with app.app_context():
        event.remove(db.engine, "connect", fill)
        db.engine.dispose()
    assert client.post(f"{here}/comments", data=data).status_code == 303


@only_postgres
def test_a_restart_of_postgresql_is_not_the_end(app: Flask, here: str) -> None:
    """All connections are closed under us, as a restart does."""
    client = factories.signed_in(app)
    data = form(client, here)
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert client.post(f"{here}/comments", data=data).status_code == 303
    assert comments(app) == 1


def end_my_connection() -> None:
    """As a restart does, in the middle of a transaction."""
    pid = db.session.scalar(text("SELECT pg_backend_pid()"))
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


@only_postgres
def test_a_connection_that_ends_when_all_is_said_breaks_no_answer(app: Flask, here: str) -> None:
    @app.after_request
    def end(response: Response) -> Response:
        end_my_connection()
        return response

    client = app.test_client()
    for _ in range(2):
        assert client.get(f"{here}?sort=oldest").status_code == 200
    app.after_request_funcs[None].remove(end)
    assert comments(app) == 0, "and the next one has a session of its own"


@only_postgres
def test_no_duty_ends_for_ever(app: Flask) -> None:
    turns = []

    def turn(_keep_on: worker.KeepOn) -> None:
        turns.append(1)
        end_my_connection()

    stop = threading.Event()
    duty = worker.Duty("one that is cut off", turn, every=0.01)
    thread = threading.Thread(target=worker._repeat, args=(app, duty, stop))
    thread.start()
    until(lambda: len(turns) > 1 or not thread.is_alive())
    stop.set()
    thread.join()
    assert len(turns) > 1


@only_postgres
def test_a_postgresql_that_is_away_is_told(app: Flask, here: str) -> None:
    client = factories.signed_in(app)
    data = form(client, here)
    with app.app_context():
        engine = db.engine
        engine.dispose()

        def nobody(_dialect: object, _record: object, _args: object, given: dict[str, str]) -> None:
            given["port"] = "1"

        event.listen(engine, "do_connect", nobody)
    with capture_logs() as said:
        refused(client.post(f"{here}/comments", data=data))
        refused_page = client.get(here)
        nowhere = client.get("/nowhere")
        unreadable = client.post("/sign-in", data={}, headers={"Origin": "https://else.example"})
    assert refused_page.status_code == 503
    assert (nowhere.status_code, unreadable.status_code) == (404, 403)
    assert "There is no such page" in nowhere.text
    assert "sent from another website" in unreadable.text
    assert {line["event"] for line in said} >= {"database out of reach"}
    event.remove(engine, "do_connect", nobody)
    assert client.post(f"{here}/comments", data=data).status_code == 303


def test_secrets_are_not_shown_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr("moderation.people.sessions.checked", broken)
    typed = {"email": "ann@example.org", "password": "three secret words"}
    answer = app.test_client().post("/sign-in", data=typed)
    assert answer.status_code == 503
    assert "three secret words" not in answer.text


def test_what_somebody_wrote_is_not_taken_for_the_databases_words(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = "There is no such table in my café."

    def locked(*_given: object) -> None:
        raise OperationalError("INSERT", {"body": typed}, Exception("database is locked"))

    monkeypatch.setattr("moderation.people.sessions.checked", locked)
    answer = app.test_client().post("/sign-in", data={"email": typed, "password": "x"})
    assert answer.status_code == 503
    assert typed in answer.text


def test_only_what_somebody_wrote_is_shown(app: Flask) -> None:
    sent = {"note": WORDS, "action": "hide", "csrf_token": "a b"}
    with app.test_request_context("/review", method="POST", data=sent):
        assert unavailable.typed() == [WORDS]
