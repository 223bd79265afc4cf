"""Killed without a word under load: nothing acknowledged is lost, nothing is there twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from moderation.database import db
from tests.bench.reading import SETTINGS
from tests.faults import killing
from tests.parts import postgres
from tests.parts.fixtures import worker
from tests.parts.smtp import Mailbox

KILLS = 5


@pytest.fixture(params=["sqlite", "postgres"])
def outgrown(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Settings of each of the two sizes."""
    if request.param == "sqlite":
        yield {}
        return
    at = make_url(request.getfixturevalue("postgres_url"))
    url = postgres.database_url(at, f"killed_{worker()}")
    redis = request.getfixturevalue("valkey_url")
    yield {"DATABASE_URL": url, "REDIS_URL": redis, "WORKER": "on"}


def test_nothing_is_lost_and_nothing_is_there_twice(
    outgrown: dict[str, str], tmp_path: Path, free_port: int, mailbox: Mailbox
) -> None:
    app = killing.opened(tmp_path, SMTP_URL=mailbox.url, **outgrown)
    settings = {
        **SETTINGS,
        "TRUSTED_PROXIES": "1",
        "SMTP_URL": mailbox.url,
        **outgrown,
    }
    room = killing.Newsroom(app, tmp_path, free_port, settings)
    killing.besiege(room, KILLS)
    found = killing.account(room, mailbox)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert found.pop("comments acknowledged") > KILLS
    assert found.pop("reports acknowledged") > 0
    assert found.pop("decisions acknowledged") > 0
    assert {name: count for name, count in found.items() if count} == {}
