"""`moderation check` says what holds, and finds each thing that does not."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import make_url

from moderation.database import db
from moderation.migrations import service as migrations
from tests.conftest import make_app
from tests.keeping.living import live, run
from tests.parts import postgres


def forge(app: Flask, *statements: str) -> None:
    """As somebody who owns the database, past everything that guards it."""
    with app.app_context():
        db.engine.dispose()
    if url := app.config["DATABASE_URL"]:
        with postgres.connect(make_url(url)) as server:
            server.execute("SET session_replication_role = replica")
            for statement in statements:
                server.execute(statement.encode())
        return
    connection = sqlite3.connect(Path(app.instance_path) / "moderation.sqlite")
    triggers = connection.execute(
        "SELECT 'DROP TRIGGER ' || name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for statement in (
        *(drop for drop, _ in triggers),
        *statements,
        *(make for _, make in triggers),
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_what_the_services_leave_holds(app: Flask) -> None:
    live(app)
    done = run(app, "check")
    assert done.exit_code == 0, done.output
    for name in ("Foreign keys", "Statuses and counts", "The chains of events"):
        assert f"{name}: all is well." in done.output


@pytest.mark.parametrize(
    ("forged", "sentence"),
    [
        (
            "DELETE FROM person WHERE id = (SELECT min(author_id) FROM comment)",
            "names in author_id a person that is not there, 1 times",
        ),
        (
            "UPDATE comment SET status = 'pending' WHERE status = 'hidden'",
            "its decisions say hidden",
        ),
        ("UPDATE article SET comment_count = 99", "counts 99 comments"),
        ("UPDATE event SET kind = 'nothing' WHERE id = (SELECT max(id) FROM event)", "was changed"),
        ("DELETE FROM seal WHERE number = 2", "its seal is missing"),
    ],
)
def test_what_was_forged_is_found(app: Flask, forged: str, sentence: str) -> None:
    live(app)
    forge(app, forged)
    done = run(app, "check")
    assert done.exit_code == 1, done.output
    assert sentence in done.output


def test_a_schema_that_is_not_current_is_said(tmp_path: Path) -> None:
    old = make_app(tmp_path / "old")
    with old.app_context():
        migrations.upgrade("0002")
    done = run(old, "check")
    assert done.exit_code == 1
    assert "db upgrade" in done.output
    with old.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("from_end", [True, False])
def test_a_damaged_file_is_found(app: Flask, *, from_end: bool) -> None:
    """Bytes that a failing disk has changed, in the first tables or the last index."""
    live(app)
    with app.app_context():
        db.engine.dispose()
    file = Path(app.instance_path) / "moderation.sqlite"
    with file.open("r+b") as opened:
        opened.seek(-8000, 2) if from_end else opened.seek(4096 * 6)
        opened.write(b"\x55" * 4000)
    done: Result = run(app, "check")
    assert done.exit_code == 1, done.output
    assert "SQLite says" in done.output or "cannot be read" in done.output
