"""Two releases on one database: the old one goes on while the new one prepares it, or dies."""

import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import inspect, text

from moderation.cli import main
from moderation.database import db
from moderation.migrations import service as migrations
from tests.bench import crowd
from tests.bench.reading import SETTINGS
from tests.faults import killing, later, reckoning
from tests.faults.killing import Newsroom
from tests.parts.served import PATIENCE, served, until
from tests.parts.smtp import Mailbox

READY = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
# statements: the first of its changes, in between, the last before the commit
KILLED_AFTER = (4, 6, 8)
FINE = {200, 303, 400, 404, 409}  # see test_restarted


@pytest.fixture
def room(
    outgrown: dict[str, str], tmp_path: Path, free_port: int, mailbox: Mailbox
) -> Iterator[Newsroom]:
    ours = {"SMTP_URL": mailbox.url, **outgrown}
    app = killing.opened(tmp_path, **ours)
    settings = {**SETTINGS, "TRUSTED_PROXIES": "1", **ours}
    yield Newsroom(app, tmp_path, free_port, settings)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("outgrown", ["sqlite"], indirect=True)
def test_the_old_one_goes_on_and_may_be_started_again(room: Newsroom, mailbox: Mailbox) -> None:
    release = later.release(room.folder)
    with killing.at_work(room):
        with served(room.folder, room.port, "--workers", "2", **room.settings) as server:
            killing.until_more(room)
            family = server.children()
            prepared(later.upgrade(release, room.folder, room.settings))
            killing.until_more(room)
            assert room.ask(READY)[0] == 200
            assert server.children() == family
            assert "request failed" not in server.said
            assert "duty failed" not in server.said
        assert set(room.answers) - {0} <= FINE, room.answers
        with served(room.folder, room.port, "--workers", "2", **room.settings):
            killing.until_more(room)
            prepared(later.upgrade(release, room.folder, room.settings))  # nothing is to do
            assert room.ask(READY)[0] == 200
            room.stop.set()
    assert said_by(room, "check")[0] == 0
    code, said = said_by(room, "backup", str(room.folder / "kept.zip"))
    assert code == 0, said
    assert reckoning.faults(reckoning.account(room, mailbox)) == {}


def test_the_old_one_says_that_it_cannot_go_on(room: Newsroom) -> None:
    release = later.release(room.folder, goes_with_this=False)
    with served(room.folder, room.port, **room.settings):
        assert room.ask(READY)[0] == 200
        prepared(later.upgrade(release, room.folder, room.settings))
        status, _, page = room.ask(READY)
        assert status == 503
        assert "newer version" in page
    for command in ("serve", "worker", "db upgrade"):
        code, said = said_by(room, *command.split())
        assert (code, said.count("\n")) == (1, 1), said
        assert "newer version" in said


def test_killed_at_any_point_nothing_has_happened(room: Newsroom) -> None:
    release = later.release(room.folder)
    written = rows(room.app)
    with served(room.folder, room.port, **room.settings):
        for after in KILLED_AFTER:
            dying = later.upgrade(release, room.folder, room.settings, dies_after=after)
            said, _ = dying.communicate(timeout=PATIENCE)
            assert dying.returncode == -signal.SIGKILL, said
            assert room.ask(READY)[0] == 200
            with room.app.app_context():
                assert migrations.is_current()
                assert "of_a_later_time" not in inspect(db.engine).get_table_names()
                db.engine.dispose()
        prepared(later.upgrade(release, room.folder, room.settings))
        assert room.ask(READY)[0] == 200
        assert rows(room.app) == written


@pytest.mark.parametrize("outgrown", ["postgres"], indirect=True)
def test_nobody_waits_behind_an_upgrade_that_waits_itself(room: Newsroom) -> None:
    """Such as for a backup, which reads for long: who wants a table waits for whoever asked for
    all of it before.
    """
    release = later.release(room.folder)
    with served(room.folder, room.port, **room.settings):
        with room.app.app_context(), db.engine.connect() as reader:
            reader.execute(text("SELECT count(*) FROM comment"))
            waiting = later.upgrade(release, room.folder, room.settings)
            until(lambda: is_awaited(room.app) or waiting.poll() is not None)
            for _ in range(3):
                assert room.ask(crowd.get(1, f"{killing.HERE}?sort=oldest"))[0] == 200
            assert room.slowest < PATIENCE / 4
            reader.rollback()
        prepared(waiting)
        assert room.ask(READY)[0] == 200


@pytest.mark.parametrize("outgrown", ["sqlite"], indirect=True)
def test_a_database_that_somebody_writes_to_for_long_is_a_sentence(
    room: Newsroom,
) -> None:
    release = later.release(room.folder)
    with locked(room):
        waiting = later.upgrade(release, room.folder, room.settings, patience=1000)
        said, _ = waiting.communicate(timeout=PATIENCE)
    assert waiting.returncode == 1
    assert said.count("\n") == 1, said
    assert "nothing was changed" in said


@contextmanager
def locked(room: Newsroom) -> Iterator[None]:
    other = sqlite3.connect(room.folder / "instance" / "moderation.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def prepared(upgrading: "subprocess.Popen[str]") -> None:
    said, _ = upgrading.communicate(timeout=PATIENCE)
    assert upgrading.returncode == 0, said


def said_by(room: Newsroom, *words: str) -> tuple[int, str]:
    """What a command of the present release ends with, and says."""
    done = CliRunner().invoke(main, words, obj=room.app)
    return done.exit_code, done.output


def rows(app: Flask) -> list[int]:
    with app.app_context(), db.engine.connect() as connection:
        return [
            connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0
            for table in ("comment", "person", "event", "sign_in")
        ]


def is_awaited(app: Flask) -> bool:
    """Whether somebody waits for a lock."""
    with app.app_context(), db.engine.connect() as connection:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(connection.scalar(waiting))
