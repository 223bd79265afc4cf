"""The worker does its duties again and again, and no duty's trouble is another's."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import structlog
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from moderation import clock, events, logs, worker
from moderation.cli import main
from moderation.database import db
from moderation.events.kinds import PersonConfirmed
from moderation.events.models import Unsealed
from moderation.intake.models import Draft
from moderation.outbox.models import Message
from moderation.people.models import SignIn, Throttle
from tests import factories
from tests.parts.smtp import Mailbox

SECRET = "secret@example.org"


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.05)


def post() -> None:
    db.session.add(Message(key="k", to=SECRET, subject="News", body="Text\n"))
    events.record(PersonConfirmed(person_id=1), site_id=None)
    db.session.commit()


def unsealed() -> int:
    count = db.session.scalar(select(func.count()).select_from(Unsealed)) or 0
    db.session.rollback()
    return count


def test_one_round_does_everything(app: Flask, mailbox: Mailbox) -> None:
    app.config["SMTP_URL"] = mailbox.url
    with app.app_context():
        post()
    done = CliRunner().invoke(main, ["worker", "--once"], obj=app)
    assert done.exit_code == 0, done.output
    assert len(mailbox.messages) == 1
    with app.app_context():
        assert unsealed() == 0


def test_it_refuses_a_database_that_is_not_up_to_date(tmp_path: Path) -> None:
    from tests.conftest import make_app

    done = CliRunner().invoke(main, ["worker"], obj=make_app(tmp_path))
    assert done.exit_code == 1
    assert "Run `moderation db upgrade` first." in done.output


def test_what_has_lapsed_is_cleared_away(context: Flask) -> None:
    now = clock.now()
    article, person = factories.article(), factories.person()
    for days, name in ((2, "old"), (0, "new")):
        db.session.add_all(
            [
                Draft(
                    token_hash=name,
                    article_id=article.id,
                    body="…",
                    created_at=now - timedelta(days=days),
                ),
                SignIn(
                    person_id=person.id,
                    token_hash=name,
                    expires_at=now + timedelta(days=1 - days),
                ),
                Throttle(key=name, count=1, expires_at=now + timedelta(days=1 - days)),
            ]
        )
    db.session.commit()

    worker.clear_away(lambda: True)

    assert list(db.session.scalars(select(Draft.token_hash))) == ["new"]
    assert list(db.session.scalars(select(SignIn.token_hash))) == ["new"]
    assert list(db.session.scalars(select(Throttle.key))) == ["new"]


def test_trouble_of_one_duty_is_logged_and_not_anothers(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_keep_on: worker.KeepOn) -> None:
        raise RuntimeError(SECRET)

    duties = (worker.Duty("broken", broken), worker.Duty("seals", worker.seal_events))
    monkeypatch.setattr(worker, "DUTIES", duties)
    app.config["WORKER_PAUSE"] = "0.05"
    wanted = threading.Event()
    running = threading.Thread(
        target=worker.run, args=(app,), kwargs={"wanted": lambda: not wanted.is_set()}
    )
    logs.configure()
    running.start()
    try:
        with app.app_context():
            for _ in range(2):
                events.record(PersonConfirmed(person_id=1), site_id=None)
                db.session.commit()
                until(lambda: unsealed() == 0)
    finally:
        wanted.set()
        running.join()

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {(line["event"], line["duty"]) for line in lines} == {("duty failed", "broken")}
    assert "RuntimeError" in lines[0]["exception"]
    assert SECRET not in str(lines)


def test_however_often_it_goes_wrong_there_is_a_next_time() -> None:
    assert [worker._pause(1.0, failures) for failures in (0, 1, 2)] == [1.0, 2.0, 4.0]
    for failures in (10, 1024, 10**6):
        assert worker._pause(1.0, failures) == worker.LONGEST_PAUSE
        assert worker._pause(3600.0, failures) == 3600.0


def test_a_log_keeps_what_was_typed_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise psycopg.errors.UniqueViolation(f"Key (email)=({SECRET}) exists.") from error
    except psycopg.Error:
        structlog.get_logger().exception("broken")
        logging.getLogger("some.package").exception("broken too")
    said = capsys.readouterr().err
    assert SECRET not in said
    for line in said.splitlines():
        told = json.loads(line)["exception"]
        assert "builtins.ValueError" in told
        assert "psycopg.errors.UniqueViolation 23505" in told


@pytest.fixture
def on_its_own(app: Flask, mailbox: Mailbox) -> dict[str, str]:
    """The environment in which a worker process finds the test's database."""
    return {
        **os.environ,
        "MODERATION_INSTANCE": app.instance_path,
        "MODERATION_DATABASE_URL": app.config["DATABASE_URL"],
        "MODERATION_SMTP_URL": mailbox.url,
        "MODERATION_WORKER_PAUSE": "0.1",
    }


def test_a_process_works_until_told_to_stop(
    app: Flask, mailbox: Mailbox, on_its_own: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "moderation", "worker"]
    with subprocess.Popen(command, env=on_its_own, stderr=subprocess.PIPE, text=True) as process:
        with app.app_context():
            post()
            until(lambda: len(mailbox.messages) == 1 and unsealed() == 0)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert time.monotonic() - began < 15
    assert [json.loads(line)["event"] for line in said.splitlines()][-1] == "worker stopped"
    assert SECRET not in said
