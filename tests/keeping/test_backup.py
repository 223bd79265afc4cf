"""What was kept in a file comes back whole, on either database, or not at all."""

import errno
import json
import os
import stat
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import exc, text

from moderation.articles.models import Article
from moderation.database import db
from moderation.intake import service as intake
from moderation.migrations import service as migrations
from moderation.people.models import Person
from moderation.people.roles import Role
from tests import factories
from tests.conftest import make_app
from tests.keeping.living import (
    SAID,
    contents,
    is_empty,
    killed,
    live,
    one,
    refused,
    run,
)


def test_what_was_kept_comes_back_on_either_database(app: Flask, elsewhere: Flask) -> None:
    hidden = live(app)
    mail = Path(app.instance_path) / "mail"
    mail.mkdir()
    (mail / "17.eml").write_bytes(b"Subject: News\r\n\r\nText\r\n")
    file = Path(app.instance_path).parent / "kept.zip"
    assert run(app, "backup", file).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    done = run(elsewhere, "restore", file)

    assert done.exit_code == 0, done.output
    assert contents(elsewhere) == contents(app)
    assert run(elsewhere, "check").exit_code == 0
    assert one(elsewhere, "SELECT body FROM revision WHERE comment_id = :id", id=hidden) == SAID
    folder = Path(elsewhere.instance_path)
    key, letter = folder / "secret_key", folder / "mail" / "17.eml"
    assert key.read_text("utf-8") == app.config["SECRET_KEY"]
    assert letter.read_bytes() == (mail / "17.eml").read_bytes()
    for secret in (key, letter):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_came_back_is_guarded_and_searchable_as_before(kept: Path, elsewhere: Flask) -> None:
    assert run(elsewhere, "restore", kept).exit_code == 0

    for forbidden in (
        "UPDATE decision SET note = 'forged'",
        "DELETE FROM event",
        "UPDATE clause SET title = 'forged'",
        "INSERT INTO skip (id, person_id, case_id, until) VALUES (1, 2, 3, '2026-01-01')",
    ):
        with elsewhere.app_context(), db.engine.begin() as connection:
            with pytest.raises(exc.DatabaseError):
                connection.execute(text(forbidden))
            connection.rollback()
    lead = factories.signed_in(elsewhere, Role.LEAD)
    assert "Seen before, twice" in lead.get("/review/log?q=twic").text
    assert "Seen before, twice" not in lead.get("/review/log?q=thrice").text


def test_a_backup_has_the_same_rows_whatever_it_is_taken_on(
    kept: Path, elsewhere: Flask, tmp_path: Path
) -> None:
    run(elsewhere, "restore", kept)
    again = tmp_path / "again.zip"
    assert run(elsewhere, "backup", again).exit_code == 0
    first, second = _manifest(kept), _manifest(again)
    assert first["tables"] == second["tables"]
    assert first["heads"] == second["heads"]
    assert first["heads"]


def _manifest(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as opened:
        said: dict[str, Any] = json.loads(opened.read("manifest.json"))
        return said


def test_a_file_that_is_there_stays_until_the_new_one_is_whole(
    app: Flask, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.read_bytes()
    assert "There is a file" in refused(app, "backup", kept)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr("moderation.keeping.archive.os.fsync", full)
        assert "No space left on device" in refused(app, "backup", kept, "--overwrite")
    assert kept.read_bytes() == before
    assert [file.name for file in kept.parent.iterdir() if "unfinished" in file.name] == []

    assert run(app, "backup", kept, "--overwrite").exit_code == 0
    assert kept.read_bytes() != before


def test_a_backup_that_cannot_be_written_says_so(app: Flask, tmp_path: Path) -> None:
    assert "cannot be written" in refused(app, "backup", tmp_path / "nowhere" / "kept.zip")
    fresh = make_app(tmp_path / "fresh")
    assert "There is no installation" in refused(fresh, "backup", tmp_path / "kept.zip")
    assert not (tmp_path / "kept.zip").exists()


def test_an_older_schema_comes_up_to_date(elsewhere: Flask, tmp_path: Path) -> None:
    old = make_app(tmp_path / "old")
    with old.app_context():
        migrations.upgrade("0002")
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO site (id, slug, name, url, stored_settings, created_at, version) "
                    "VALUES (1, 'old', 'Old', 'http://old', '{}', '2025-01-01 00:00:00.000000', 1)"
                )
            )
        db.engine.dispose()
    file = tmp_path / "old.zip"
    assert run(old, "backup", file).exit_code == 0

    assert run(elsewhere, "restore", file).exit_code == 0

    with elsewhere.app_context():
        assert migrations.is_current()
        assert factories.site().name == "Old"
        db.session.rollback()
    assert run(elsewhere, "check").exit_code == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_empty_installation_with_tables_is_empty_too(kept: Path, elsewhere: Flask) -> None:
    with elsewhere.app_context():
        migrations.upgrade("0001")
    assert run(elsewhere, "restore", kept).exit_code == 0


class Writer(threading.Thread):
    """Somebody who hands in one comment after the other; `acknowledged` are committed."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app
        self.acknowledged: list[int] = []
        self.enough = threading.Event()
        with app.app_context():
            self.article, self.author = factories.article().id, factories.person().id
            db.session.commit()
            db.session.remove()

    def run(self) -> None:
        with self.app.app_context():
            while not self.enough.is_set():
                under = db.session.get_one(Article, self.article)
                author = db.session.get_one(Person, self.author)
                body = f"No. {len(self.acknowledged)}"
                written = intake.hand_in(under, author=author, body=body).id
                db.session.commit()
                self.acknowledged.append(written)
            db.session.remove()

    def wait_for(self, count: int) -> None:
        while len(self.acknowledged) < count:
            assert self.is_alive()
            time.sleep(0.01)


def test_under_load_everything_acknowledged_before_is_there(
    app: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    writer = Writer(app)
    writer.start()
    try:
        writer.wait_for(20)
        before = list(writer.acknowledged)
        assert run(app, "backup", tmp_path / "kept.zip").exit_code == 0
        assert run(app, "check").exit_code == 0
        writer.wait_for(len(writer.acknowledged) + 5)
    finally:
        writer.enough.set()
        writer.join()

    assert run(elsewhere, "restore", tmp_path / "kept.zip").exit_code == 0
    with elsewhere.app_context():
        there = set(db.session.scalars(text("SELECT id FROM comment")))
        db.session.rollback()
    assert set(before) <= there <= set(writer.acknowledged)
    assert run(elsewhere, "check").exit_code == 0


def test_killed_in_the_middle_of_a_backup_there_is_no_file(
    app: Flask, tmp_path: Path, environment: dict[str, str]
) -> None:
    live(app)
    file = tmp_path / "kept.zip"
    its = {
        "MODERATION_INSTANCE": app.instance_path,
        "MODERATION_DATABASE_URL": app.config["DATABASE_URL"],
    }
    killed("backup", str(file), after=20, environment={**environment, **its})
    assert not file.exists()
    assert run(app, "backup", file).exit_code == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_killed_in_the_middle_of_a_restore_a_second_one_succeeds(
    kept: Path, app: Flask, elsewhere: Flask, environment: dict[str, str]
) -> None:
    its = {
        "MODERATION_INSTANCE": elsewhere.instance_path,
        "MODERATION_DATABASE_URL": elsewhere.config["DATABASE_URL"],
    }
    kept_rows = sum(int(found.partition(":")[0]) for found in contents(app).values())
    for after in (kept_rows // 2, 2 * kept_rows - 1):
        killed("restore", str(kept), after=after, environment={**environment, **its})
        assert is_empty(elsewhere)
    assert run(elsewhere, "restore", kept).exit_code == 0
    assert contents(elsewhere) == contents(app)
    assert run(elsewhere, "check").exit_code == 0
