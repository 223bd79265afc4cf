"""The schema's history: up, with data; down to nothing; and in step with the models."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, make_url, text

from moderation.comments.status import Action
from moderation.database import Base, db
from moderation.errors import Refused
from moderation.migrations import service as migrations
from tests import factories, pages
from tests.conftest import make_app
from tests.parts import postgres
from tests.parts.fixtures import worker


def _is_ours(thing: object, name: str | None, kind: str, *more: object) -> bool:
    return migrations.is_ours(thing, name, kind, *more) and name != "ix_log_words_words"


def test_models_and_migrations_say_the_same(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": _is_ours},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing_that_is_there(app: Flask) -> None:
    with app.app_context():
        comment = factories.comment()
        factories.report(comment)
        factories.decision(comment, Action.HIDE)
        db.session.commit()
        migrations.upgrade()
        assert migrations.is_current()
        assert factories.case_of(comment).closed_at is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_all_the_way_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        factories.comment()
        db.session.commit()
        db.session.remove()
        migrations.downgrade("base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        assert not migrations.is_current()
        migrations.upgrade()
        assert migrations.is_current()


def ahead(app: Flask, revision: str) -> None:
    """A later version has prepared the database for itself."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE comment ADD COLUMN later TEXT"))
        connection.execute(
            text("ALTER TABLE comment ADD COLUMN later_on BIGINT NOT NULL DEFAULT 0")
        )
        connection.execute(text("CREATE TABLE of_a_later_time (id BIGINT PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})


def back(app: Flask) -> None:
    """The tables are every test's."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE of_a_later_time"))
        connection.execute(text("ALTER TABLE comment DROP COLUMN later"))
        connection.execute(text("ALTER TABLE comment DROP COLUMN later_on"))
        connection.execute(
            text("UPDATE alembic_version SET version_num = :it"), {"it": migrations.newest()}
        )


def test_this_version_goes_on_while_the_next_one_takes_over(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        here = f"/articles/{factories.article().slug}"
        db.session.commit()
    author = factories.signed_in(app)
    token = pages.token(author, here)
    ahead(app, f"9999_{migrations.newest()}")
    try:
        assert client.get("/readyz").status_code == 200
        data = {"csrf_token": token, "body": "Written meanwhile."}
        assert author.post(f"{here}/comments", data=data).status_code == 303
        assert "Written meanwhile." in client.get(here).text
        with app.app_context():
            migrations.upgrade()  # nothing to do, as when an old process is started once more
    finally:
        back(app)


@pytest.mark.parametrize("revision", ["9999", "9999_9998"])
def test_a_database_of_a_later_version_that_it_cannot_run_on_is_refused(
    app: Flask, client: FlaskClient, revision: str
) -> None:
    ahead(app, revision)
    try:
        assert client.get("/readyz").status_code == 503
        with app.app_context(), pytest.raises(Refused, match="newer version"):
            migrations.upgrade()
    finally:
        back(app)


DYING = """
import os, signal, sys
from sqlalchemy import event
from moderation.app import create_app
from moderation.database import db
from moderation.migrations import service as migrations

left = [int(sys.argv[1])]

def count(*_given):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app().app_context():
    event.listen(db.engine, "before_cursor_execute", count)
    migrations.upgrade()
"""


@pytest.mark.parametrize("after", [10, 60])
@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_killed_on_the_way_up_it_begins_again(
    database: str, after: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = ""
    if database == "postgres":
        at = make_url(request.getfixturevalue("postgres_url"))
        url = postgres.database_url(at, f"interrupted_{worker()}")
    settings = {"INSTANCE": str(tmp_path), "DATABASE_URL": url}
    environment = {**os.environ, **{f"MODERATION_{name}": v for name, v in settings.items()}}
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(after)], env=environment, check=False, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    app = make_app(tmp_path, url)
    with app.app_context():
        assert not migrations.is_current()
        migrations.upgrade()
        assert migrations.is_current()
        db.session.remove()
        db.engine.dispose()
