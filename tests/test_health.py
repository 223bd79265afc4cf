"""`GET /healthz`."""

import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from moderation import stopping
from moderation.database import db
from moderation.migrations import service as migrations
from tests.conftest import make_app


def test_well(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_old_schema_is_no_health(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (
        503,
        "The database is not up to date. Run `moderation db upgrade` first.\n",
    )


def test_an_empty_database_is_no_health(tmp_path: Path) -> None:
    answer = make_app(tmp_path).test_client().get("/healthz")
    assert answer.status_code == 503


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite", "postgresql://127.0.0.1:1/x"])
def test_a_database_that_does_not_answer_is_no_health(tmp_path: Path, url: str) -> None:
    answer = make_app(tmp_path, url).test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")
    assert "Set-Cookie" not in answer.headers


def test_what_is_no_health_is_not_ready(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    assert client.get("/readyz").status_code == 503
    unreachable = make_app(tmp_path, "postgresql://127.0.0.1:1/x").test_client()
    assert unreachable.get("/readyz").status_code == 503


def test_about_to_stop_is_not_ready_and_healthy(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getppid", os.getpid)  # as if `serve` itself were asked
    instance = Path(app.instance_path)
    stopping.tell(instance)
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (503, 200)
    stopping.forget(instance)
    stopping.forget(instance)
    assert client.get("/readyz").status_code == 200


def test_the_newest_schema_is_what_the_migrations_end_with() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert migrations.number_of(head) == migrations.newest()
