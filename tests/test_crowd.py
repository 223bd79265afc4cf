"""So many write at once that some are asked to come again; nobody who reads waits for them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from moderation import crowd
from moderation.database import db
from tests import factories
from tests.conftest import make_app

WORDS = "Twenty words about the bridge."


@pytest.fixture
def narrow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """With places for two, and a door behind which somebody stays until told to go."""
    monkeypatch.setattr(crowd, "PLACES", 2)
    found = make_app(Path(app.instance_path), app.config["DATABASE_URL"])
    found.config["go"] = threading.Event()

    def stay() -> str:
        found.config["go"].wait(20)
        return "done"

    found.add_url_rule("/stay", view_func=stay, methods=["POST"])
    yield found
    with found.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def two_write(narrow: Flask) -> Iterator[None]:
    with ThreadPoolExecutor(2) as both:
        begun = [both.submit(narrow.test_client().post, "/stay") for _ in range(2)]
        try:
            yield
        finally:
            narrow.config["go"].set()
    assert [one.result().text for one in begun] == ["done", "done"]


def until_refused(narrow: Flask) -> None:
    """Both are inside."""
    for _ in range(1000):
        if narrow.test_client().post("/nowhere").status_code == 503:
            return
    pytest.fail("There was always a place.")


def test_who_finds_no_place_keeps_the_words_and_readers_read_on(narrow: Flask) -> None:
    with narrow.app_context():
        here = f"/articles/{factories.article().slug}"
        db.session.commit()
    with two_write(narrow):
        until_refused(narrow)
        answer = narrow.test_client().post(f"{here}/comments", data={"body": WORDS})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "Very many people" in answer.text
        assert WORDS in answer.text
        assert narrow.test_client().get(here).status_code == 200
    assert narrow.test_client().post("/nowhere").status_code == 404, "they have gone"


def test_a_place_is_free_again_whatever_happened(narrow: Flask) -> None:
    for path in ("/nowhere", "/sign-in", "/stay/there") * 3:
        assert narrow.test_client().post(path).status_code in {400, 403, 404, 422}
