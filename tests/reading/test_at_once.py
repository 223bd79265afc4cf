"""What was hidden is on no page that is asked for after the decision, whoever answers it."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask

from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from tests import factories
from tests.conftest import make_app
from tests.parts.served import PATIENCE, served

COMMENTS = 20
READERS = 6  # each process answers some of them
SETTINGS = {"WORKER": "off", "SECRET_KEY": "only for tests " * 3}


@pytest.fixture(params=["sqlite", "postgres", "one host", "redis"])
def outgrown(request: pytest.FixtureRequest) -> dict[str, str]:
    """How processes hear of a change: four ways."""
    match request.param:
        case "redis":
            return {"REDIS_URL": request.getfixturevalue("valkey_url")}
        case "one host":
            return {"ONE_HOST": "on"}
    return {}


@pytest.fixture
def database(outgrown: dict[str, str], request: pytest.FixtureRequest) -> str:
    return "sqlite" if request.node.callspec.params["outgrown"] == "sqlite" else "postgres"


@pytest.fixture
def deciding(app: Flask, outgrown: dict[str, str]) -> Iterator[Flask]:
    """Another process than those that answer, with the same settings."""
    made = make_app(Path(app.instance_path), app.config["DATABASE_URL"], **outgrown)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


class Reader(threading.Thread):
    """Reads the thread again and again; notes what it should not have seen."""

    def __init__(self, port: int, path: str, gone: list[str], stop: threading.Event) -> None:
        super().__init__()
        self.port, self.path, self.gone, self.stop = port, path, gone, stop
        self.pages = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while not self.stop.is_set():
            gone = tuple(self.gone)  # before asking: what is hidden meanwhile may be either
            connection.request("GET", self.path)
            answer = connection.getresponse()
            page = answer.read().decode()
            assert answer.status == 200
            self.pages += 1
            self.wrong += [words for words in gone if words in page]
        connection.close()


def words(number: int) -> str:
    return f"These are the words {number:03}."


def test_a_hidden_comment_is_never_read_after_the_decision(
    deciding: Flask, outgrown: dict[str, str], tmp_path: Path, free_port: int
) -> None:
    with deciding.app_context():
        article = factories.article()
        ids = [factories.comment(words(n), on=article).id for n in range(COMMENTS)]
        path = f"/articles/{article.slug}"
        db.session.commit()
    url = (
        {"DATABASE_URL": deciding.config["DATABASE_URL"]} if deciding.config["DATABASE_URL"] else {}
    )
    gone: list[str] = []
    stop = threading.Event()
    with (
        served(tmp_path, free_port, "--workers", "3", **SETTINGS, **url, **outgrown) as server,
        ExitStack() as stack,
    ):
        assert words(1) in server.get(path), "kept from here on"
        readers = [Reader(free_port, path, gone, stop) for _ in range(READERS)]
        stack.callback(stop.set)
        for reader in readers:
            reader.start()
        for number, id_ in enumerate(ids):
            with deciding.app_context():
                comment = db.session.get_one(Comment, id_)
                factories.report(comment)
                factories.decision(comment, Action.HIDE)
                db.session.commit()
            gone.append(words(number))
        until_all_read_on(readers)
        stop.set()
        for reader in readers:
            reader.join()
        last = server.get(path)
    assert [reader.wrong for reader in readers] == [[]] * READERS
    assert sum(reader.pages for reader in readers) > COMMENTS * READERS
    assert words(0) not in last


def until_all_read_on(readers: list[Reader]) -> None:
    """Each has read some more, with everything gone."""
    pages = [reader.pages for reader in readers]
    while not all(r.pages > before + 3 for r, before in zip(readers, pages, strict=True)):
        assert all(reader.is_alive() for reader in readers)
