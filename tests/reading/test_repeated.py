"""The same request again is answered without the database, as long as nothing was committed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from moderation import clock
from moderation.articles.models import Mode
from moderation.database import db
from moderation.reading import repeated
from tests.conftest import make_app
from tests.reading.test_shared import change, here

__all__ = ["here"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@contextmanager
def counted_looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collects how often a page's state was looked up."""
    looks: list[str] = []
    look = Engine.raw_connection

    def raw_connection(engine: Engine) -> object:
        looks.append("look")
        return look(engine)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "raw_connection", raw_connection)
        yield looks


def known(client: FlaskClient, path: str, **given: object) -> None:
    """Asked for often enough to be known."""
    for _ in range(3):
        assert client.get(path, **given).status_code == 200


def test_a_known_request_costs_no_look(
    client: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(client, here)
    with counted_looks(monkeypatch) as looks:
        answers = [client.get(here) for _ in range(5)]
    assert looks == []
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_after_a_second_it_is_looked_up_whatever_the_stamps_say(
    client: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(client, here)
    soon = time.monotonic() + repeated.TRUSTED
    monkeypatch.setattr(repeated, "monotonic", lambda: soon)
    with counted_looks(monkeypatch) as looks:
        client.get(here)
        client.get(here)
    assert looks == ["look"]


def test_a_mode_ends_by_itself(app: Flask, client: FlaskClient, here: str) -> None:
    end = clock.now() + timedelta(hours=1)
    change(app, here, mode=Mode.CLOSED, mode_until=end)
    known(client, here)
    assert "<textarea" not in client.get(here).text
    with clock.at(end):
        assert "<textarea" in client.get(here).text


def test_somebody_signed_in_is_somebody_else(client: FlaskClient, here: str) -> None:
    known(client, here)
    cookies = {"HTTP_COOKIE": "a=1; session=whatever"}
    assert client.get(here, environ_overrides=cookies).headers["Vary"] == "Accept-Encoding, Cookie"


def test_hosts_and_schemes_of_a_proxy_are_kept_apart(app: Flask, here: str) -> None:
    behind = make_app(Path(app.instance_path), TRUSTED_PROXIES=1)
    client = behind.test_client()
    secure = {"X-Forwarded-Proto": "https"}
    known(client, here)
    known(client, here, headers=secure)
    assert "Strict-Transport-Security" not in client.get(here).headers
    assert "Strict-Transport-Security" in client.get(here, headers=secure).headers
    with behind.app_context():
        db.engine.dispose()


def test_headers_of_a_proxy_nobody_trusts_change_nothing(client: FlaskClient, here: str) -> None:
    known(client, here)
    answer = client.get(here, headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers


def test_head_and_unchanged_pages(client: FlaskClient, here: str) -> None:
    known(client, here)
    for _ in range(2):
        client.head(here)
    head = client.head(here)
    assert (head.data, head.status_code) == (b"", 200)
    etag = head.headers["ETag"]
    assert client.get(here, headers={"If-None-Match": etag}).status_code == 304


def test_requests_are_kept_up_to_a_number(
    app: Flask, client: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeated, "MOST_KEPT", 10)
    for number in range(25):
        client.get(f"{here}?utm_source={number}")
    kept = app.wsgi_app._kept  # type: ignore[attr-defined]
    assert len(kept) <= 10


def test_whether_there_is_something_new_is_known_too(
    app: Flask, client: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = f"{here}/version"
    known(client, asked)
    with counted_looks(monkeypatch) as looks:
        before = client.get(asked)
    assert looks == []
    assert before.json is not None
    assert before.json["count"] == 1
    etag = {"If-None-Match": before.headers["ETag"]}
    assert client.get(asked, headers=etag).status_code == 304
    change(app, here, version=7)
    after = client.get(asked, headers=etag)
    assert after.json == {"version": 7, "count": 1}
    assert "text/html" in client.get(here).headers["Content-Type"]
    assert client.get("/articles/none/version").status_code == 404
