"""An installation with a life behind it, and what is asked of one that came back."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from moderation.cli import main
from moderation.comments.status import Action
from moderation.database import db
from moderation.keeping import rows, tables
from moderation.outbox.models import Message
from moderation.screening.risk.models import LearnedModel, LearningState
from tests import factories
from tests.events.test_seal import seal_all

SAID = "Ünïcode 🙂 with\nlines, \\backslashes\\, \ttabs and “quotes”"

# a process that dies, as if the power had gone, when so many rows are done
DYING = """
import os, signal, sys
from pathlib import Path
from typing import Any
from moderation.app import create_app
from moderation.database import db
from moderation.keeping import instance, roads, service

class Death:
    def __init__(self, after):
        self.left = after
    def expect(self, rows):
        pass
    def __call__(self, rows):
        self.left -= rows
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

what, where, after = sys.argv[1:]
with create_app().app_context():
    if what == "restore":
        service.restore(Path(where), Death(int(after)))
    elif what == "backup":
        service.backup(Path(where), Death(int(after)))
    else:
        with roads.alone() as source:
            service.move(source, roads.to_postgresql(where), Death(int(after)))
"""


def run(app: Flask, *words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], obj=app)


def refused(app: Flask, *words: str | Path) -> str:
    """What the command said, that it would not do."""
    done = run(app, *words)
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    return done.output


def live(app: Flask) -> int:
    """A thread, reports, decisions, an undone one, letters, a learned model; the hidden comment."""
    with app.app_context():
        article = factories.article()
        hidden = factories.comment(SAID, on=article)
        below = factories.comment(on=article, to=factories.comment(on=article, to=hidden))
        factories.report(hidden)
        factories.decision(hidden, Action.HIDE, note="Seen before, twice")
        factories.notice(below)
        db.session.add(Message(key="k", to="r@example.org", subject="News", body="Text\n"))
        db.session.add(
            LearnedModel(
                site_id=factories.site().id,
                state=LearningState.OFFERED,
                weights=bytes(range(256)),
                result={"β": [1.0, -2.5e-7, 12345678901234567], "since": None},
            )
        )
        db.session.commit()
        seal_all()
        hidden_id = hidden.id
        db.session.remove()
    return hidden_id


def contents(app: Flask) -> dict[str, str]:
    """A fingerprint of every table."""
    with app.app_context(), db.engine.connect() as connection:
        return rows.fingerprints(connection, tables.all_of(connection), lambda _: None)


def is_empty(app: Flask) -> bool:
    with app.app_context(), db.engine.connect() as connection:
        return tables.filled(connection) == []


def one(app: Flask, statement: str, **values: object) -> Any:
    with app.app_context(), db.engine.connect() as connection:
        return connection.scalar(text(statement), values)


def killed(what: str, where: str, *, after: int, environment: dict[str, str]) -> None:
    """The work is done in a process that is killed when `after` rows are done."""
    died = subprocess.run(
        (sys.executable, "-c", DYING, what, where, str(after)),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
