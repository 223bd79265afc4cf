"""The application on both databases, each test with a fresh copy of a prepared one."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import URL, make_url
from werkzeug.serving import make_server

from moderation.app import create_app
from moderation.database import connections_in_use, db
from moderation.migrations import service as migrations
from moderation.policy import service as policy
from moderation.sites import service as sites
from tests import once
from tests.parts import postgres
from tests.parts.served import until

pytest_plugins = ["tests.parts.fixtures", "tests.hostile"]

SETTINGS: dict[str, Any] = {
    "SECRET_KEY": "only for tests " * 3,
    "TESTING": True,
    "ACCESS_LOG": "off",
    "SLOW_QUERY_MS": 60_000,  # a busy machine is no news
}
DATABASES = ("sqlite", "postgres")

once.start()


def make_app(instance: Path, url: str = "", **settings: Any) -> Flask:
    return once.share(
        create_app({**SETTINGS, "INSTANCE": str(instance), "DATABASE_URL": url, **settings})
    )


def prepare(app: Flask) -> None:
    """The schema, one site and the starter policy."""
    with app.app_context():
        migrations.upgrade()
        site = sites.add("main", name="The Daily Test", url="http://localhost")
        policy.publish_starter(site)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's shell says about MODERATION_* must not reach a test."""
    for name in os.environ:
        if name.startswith("MODERATION_") and not name.startswith("MODERATION_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _ids_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids never go back: a test that travels in time must not take the next ones along."""
    monkeypatch.setattr("moderation.ids._last", [0])


@pytest.fixture(autouse=True)
def _nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments are sampled by chance: a test that wants one says so."""
    monkeypatch.setattr("moderation.screening.budget.sampling.is_drawn", lambda *_: False)


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = tmp_path_factory.mktemp("prepared")
    app = make_app(instance)
    prepare(app)
    with app.app_context():
        db.session.connection().exec_driver_sql("SELECT 1")
        db.session.rollback()
        with db.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return instance / "moderation.sqlite"


@pytest.fixture(scope="session")
def prepared_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    prepare(make_app(tmp_path_factory.mktemp("prepared"), postgres_url))
    with postgres.connect(make_url(postgres_url)) as connection:
        connection.execute("CREATE SCHEMA prepared")
        for table in _tables(connection):
            connection.execute(f'CREATE TABLE prepared."{table}" AS TABLE "{table}"')
    return postgres_url


def _tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
        "AND relnamespace = 'public'::regnamespace"
    )
    return [name for (name,) in found]


def _put_back(url: URL) -> None:
    """Every table as `prepare` left it: far quicker than a new database for each test."""
    with postgres.connect(url) as connection:
        tables = _tables(connection)
        steps = [f'DELETE FROM "{table}"' for table in tables]
        steps += [f'INSERT INTO "{table}" TABLE prepared."{table}"' for table in tables]
        # as a replica: neither triggers nor foreign keys stand in the way
        connection.execute(
            "; ".join(["BEGIN; SET LOCAL session_replication_role = replica", *steps, "COMMIT"])
        )


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; every test that takes `app` runs on each."""
    name: str = request.param
    return name


@pytest.fixture
def app(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a database of its own: one site and the starter policy, nobody in it."""
    if database == "sqlite":
        instance = tmp_path / "instance"
        instance.mkdir()
        shutil.copy(request.getfixturevalue("prepared_sqlite"), instance / "moderation.sqlite")
        app = make_app(instance)
        yield app
        _close(app)
        return
    url = request.getfixturevalue("prepared_postgres")
    _put_back(make_url(url))
    app = make_app(tmp_path / "instance", url)
    yield app
    _close(app)


def _close(app: Flask) -> None:
    """After the last request: a browser may have begun one as it left."""
    with app.app_context():
        db.session.remove()
        in_use = connections_in_use(db.engine)
        until(lambda: in_use() == 0)
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """For tests of services: inside the application. Never around a client's request."""
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def live(app: Flask, free_port: int) -> Iterator[str]:
    """The application on a real socket, for browsers; yields its address."""
    server = make_server("127.0.0.1", free_port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{free_port}"
    server.shutdown()
    thread.join()
    server.server_close()
