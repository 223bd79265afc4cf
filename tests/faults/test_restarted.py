"""PostgreSQL and Valkey stop under load and come back; nobody starts anything of ours again."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from moderation.database import db
from tests.bench import crowd
from tests.bench.reading import SETTINGS
from tests.faults import killing, reckoning
from tests.parts import own, postgres
from tests.parts.fixtures import worker
from tests.parts.served import PATIENCE, served, until
from tests.parts.smtp import Mailbox

AWAY = "redis: does not answer; limits are counted in the database"
SENTENCE = "We cannot reach our records right now, so nothing was stored or changed."


def test_postgresql_stops_and_comes_back(tmp_path: Path, free_port: int, mailbox: Mailbox) -> None:
    with own.postgresql() as cluster:
        url = postgres.database_url(cluster.url, "newsroom")
        ours = {"DATABASE_URL": url, "SMTP_URL": mailbox.url}
        app = killing.opened(tmp_path, **ours)
        settings = {**SETTINGS, "TRUSTED_PROXIES": "1", "WORKER": "on", **ours}
        room = killing.Newsroom(app, tmp_path, free_port, settings)
        with (
            served(tmp_path, free_port, "--workers", "2", **settings) as server,
            killing.at_work(room),
        ):
            killing.until_more(room)
            family = server.children(), server.worker()
            for how in (own.FAST, own.IMMEDIATE):
                _away(room, cluster, how)
                killing.until_more(room)
            assert (server.children(), server.worker()) == family, "nobody died of it"
            assert "request failed" not in server.said
            room.stop.set()
        found = reckoning.account(room, mailbox)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    assert reckoning.faults(found) == {}
    # 400: nothing is left to report; 404 and 409: a case that this moderator has just decided
    assert set(room.answers) <= {200, 303, 400, 404, 409, 503}, room.answers
    assert room.answers[503] > 0


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[own.Valkey]:
    with own.valkey_of(tmp_path) as server:
        yield server


def test_valkey_goes_and_comes_back(
    postgres_url: str, shared: own.Valkey, tmp_path: Path, free_port: int, mailbox: Mailbox
) -> None:
    """First it does not answer any more, then it is gone; at both times nobody has to wait long."""
    at = make_url(postgres_url)
    ours = {
        "DATABASE_URL": postgres.database_url(at, f"valkey_{worker()}"),
        "REDIS_URL": shared.url,
        "SMTP_URL": mailbox.url,
    }
    app = killing.opened(tmp_path, **ours)
    settings = {**SETTINGS, "TRUSTED_PROXIES": "1", "WORKER": "on", **ours}
    room = killing.Newsroom(app, tmp_path, free_port, settings)
    health = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        served(tmp_path, free_port, "--workers", "2", **settings),
        killing.at_work(room),
    ):
        killing.until_more(room)
        assert shared.keys() > 0
        with shared.mute():
            _goes_on_without(room, health)
        until(lambda: AWAY not in room.ask(health)[2])
        shared.kill()
        _goes_on_without(room, health)
        shared.start()
        until(lambda: AWAY not in room.ask(health)[2])
        killing.until_more(room)
        room.stop.set()
    found = reckoning.account(room, mailbox)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    postgres.drop(at, f"valkey_{worker()}")
    assert reckoning.faults(found) == {}
    assert set(room.answers) <= {200, 303, 400, 404, 409}, room.answers
    assert room.slowest < PATIENCE / 6, "far less than if each had waited"


def _goes_on_without(room: killing.Newsroom, health: bytes) -> None:
    killing.until_more(room)
    status, _, said = room.ask(health)
    assert status == 200
    assert AWAY in said


def _away(room: killing.Newsroom, cluster: own.Postgres, how: signal.Signals) -> None:
    """It stops; who asks meanwhile is told, whatever they ask."""
    cluster.stop(how)
    pages = [room.ask(crowd.get(1, path)) for path in (killing.HERE, "/policy", "/review")]
    pages.append(room.ask(f"GET {killing.HERE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()))
    assert [(status, SENTENCE in page) for status, _, page in pages] == [(503, True)] * 4
    health = room.ask(crowd.get(1, "/healthz"))
    assert health[0] == 503
    assert "The database does not answer." in health[2]
    cluster.start()
