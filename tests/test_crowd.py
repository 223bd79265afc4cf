"""So many write at once that some are asked to come again; nobody who reads waits for them."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

import pytest
from flask import Flask, abort, request
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from moderation import crowd
from moderation.database import db
from moderation.people import passwords
from tests import factories
from tests.conftest import make_app
from tests.parts.served import until

WORDS = "Twenty words about the bridge."


class Door:
    """Where somebody works until told to go. inside: how many are."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.inside = 0

    def stay(self) -> str:
        request.get_data()
        self.inside += 1
        self.go.wait(20)
        return "done"

    def wait_elsewhere(self) -> str:
        with crowd.aside():
            return self.stay()


@pytest.fixture
def door() -> Door:
    return Door()


def nowhere() -> NoReturn:
    """Takes a place, and there is nothing."""
    abort(404)


@pytest.fixture
def narrow(app: Flask, door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """With places for two, of whom one works."""
    monkeypatch.setattr(crowd, "PLACES", 2)
    found = make_app(Path(app.instance_path), app.config["DATABASE_URL"])
    found.add_url_rule("/nowhere", view_func=nowhere, methods=["POST"])
    found.add_url_rule("/stay", view_func=door.stay, methods=["POST"])
    found.add_url_rule("/elsewhere", view_func=door.wait_elsewhere, methods=["POST"])
    yield found
    with found.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def writing(app: Flask, door: Door, *paths: str) -> Iterator[list["Future[TestResponse]"]]:
    """Each sends something, and nobody is told to go before the end."""
    with ThreadPoolExecutor(len(paths)) as them:
        begun = [them.submit(app.test_client().post, path) for path in paths]
        try:
            yield begun
        finally:
            door.go.set()
    assert [one.result().text for one in begun] == ["done"] * len(paths)


def test_who_finds_no_place_keeps_the_words_and_readers_read_on(narrow: Flask, door: Door) -> None:
    with narrow.app_context():
        here = f"/articles/{factories.article().slug}"
        db.session.commit()
    with writing(narrow, door, "/stay", "/stay"):
        until(lambda: narrow.test_client().post("/nowhere").status_code == 503)
        answer = narrow.test_client().post(f"{here}/comments", data={"body": WORDS})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "Very many people" in answer.text
        assert WORDS in answer.text
        assert narrow.test_client().get(here).status_code == 200
        assert door.inside == 1, "the other one waits outside"
    assert door.inside == 2
    assert narrow.test_client().post("/nowhere").status_code == 404, "they have gone"


def test_the_desk_has_places_of_its_own(narrow: Flask, door: Door) -> None:
    """However many readers wait; who may not work there is sent away when their turn has come."""
    with writing(narrow, door, "/stay", "/stay"), ThreadPoolExecutor(1) as them:
        until(lambda: narrow.test_client().post("/nowhere").status_code == 503)
        decided = them.submit(narrow.test_client().post, "/review/cases/1/decisions")
        time.sleep(0.1)
        assert not decided.done(), "in the line"
        door.go.set()
        assert decided.result().status_code == 403


def test_who_waits_for_another_server_keeps_nobody(narrow: Flask, door: Door) -> None:
    with writing(narrow, door, "/elsewhere"):
        until(lambda: door.inside == 1)
        assert narrow.test_client().post("/nowhere").status_code == 404
    assert narrow.test_client().post("/nowhere").status_code == 404


class Slow:
    """A body that comes when it likes."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body
        self.asked, self.go = threading.Event(), threading.Event()

    def read(self, size: int = -1) -> bytes:
        self.asked.set()
        self.go.wait(20)
        return self._body.read(size)


def test_who_sends_byte_by_byte_keeps_nobody(narrow: Flask, door: Door) -> None:
    sending = EnvironBuilder(method="POST", path="/stay", data={"body": WORDS}).get_environ()
    body = sending["wsgi.input"] = Slow(sending["wsgi.input"])
    door.go.set()
    with ThreadPoolExecutor(1) as them:
        sent = them.submit(run_wsgi_app, narrow.wsgi_app, sending, buffered=True)
        assert body.asked.wait(20)
        for _ in range(4):
            assert narrow.test_client().post("/nowhere").status_code == 404
        body.go.set()
    assert sent.result()[1] == "200 OK"


def test_who_loses_patience_is_asked_to_come_again(
    narrow: Flask, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "PATIENCE", 0.05)
    with writing(narrow, door, "/stay"):
        until(lambda: door.inside == 1)
        for _ in range(3):  # and gives their place back
            assert narrow.test_client().post("/nowhere").status_code == 503


def test_a_turn_that_does_not_come_back_breaks_nothing(
    narrow: Flask, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "PATIENCE", 0.05)
    other = Door()
    narrow.add_url_rule("/other", "other", other.stay, methods=["POST"])
    with writing(narrow, door, "/elsewhere") as (first,):
        until(lambda: door.inside == 1)
        with writing(narrow, other, "/other"):
            until(lambda: other.inside == 1)
            door.go.set()
            assert first.result().text == "done", "finished although somebody else works"
    assert narrow.test_client().post("/nowhere").status_code == 404


def test_a_password_is_reckoned_while_others_work(
    narrow: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[int] = []

    def while_we_reckon(*_: object) -> bool:
        went.append(narrow.test_client().post("/nowhere").status_code)
        return True

    monkeypatch.setattr(type(passwords._hasher), "verify", while_we_reckon)
    typed = {"email": "nobody@example.org", "password": "some long password"}
    narrow.test_client().post("/sign-in", data=typed)
    assert went == [404]


def test_who_is_sent_away_takes_no_place(narrow: Flask, door: Door) -> None:
    """From another website, or to where nothing is."""
    with writing(narrow, door, "/stay", "/stay"):
        until(lambda: door.inside == 1)
        client = narrow.test_client()
        elsewhere = client.post("/sign-in", headers={"Origin": "https://evil.example"})
        assert elsewhere.status_code == 403
        assert client.post("/not/there").status_code == 404
        assert client.post("/policy").status_code == 405


def test_a_place_is_free_again_whatever_happened(narrow: Flask) -> None:
    for path in ("/nowhere", "/sign-in", "/stay/there") * 3:
        assert narrow.test_client().post(path).status_code in {400, 403, 404, 422}
