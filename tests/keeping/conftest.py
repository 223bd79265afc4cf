"""Two installations: one with a life behind it (`app`), and one with nothing in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from tests.conftest import SETTINGS, _close, make_app
from tests.keeping.living import live, run
from tests.parts import postgres


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    at = make_url(postgres_url)
    name = f"{at.database}_empty"
    yield postgres.database_url(at.set(database="postgres"), name)
    postgres.drop(at.set(database="postgres"), name)


@pytest.fixture(params=("sqlite", "postgres"))
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Another installation, on either database, with nothing in it."""
    url = request.getfixturevalue("empty_postgres") if request.param == "postgres" else ""
    app = make_app(tmp_path / "elsewhere", url)
    yield app
    _close(app)


@pytest.fixture
def kept(app: Flask, tmp_path: Path) -> Path:
    """A backup of an installation that has lived."""
    live(app)
    file = tmp_path / "kept.zip"
    done = run(app, "backup", file)
    assert done.exit_code == 0, done.output
    return file


@pytest.fixture
def environment() -> dict[str, str]:
    """For a process of its own, which is to have the key that the tests have."""
    return {**os.environ, "MODERATION_SECRET_KEY": SETTINGS["SECRET_KEY"]}
