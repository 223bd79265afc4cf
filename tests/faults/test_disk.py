"""No room on the disk, for real processes: who writes is told, everybody reads on, and it heals."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import select

from moderation.comments.models import Revision
from moderation.database import db
from tests.bench import crowd
from tests.bench.reading import SETTINGS
from tests.faults import killing, reckoning
from tests.parts.served import Served, served

WORDS = "Number {} of the words of a long evening, and there are many more of them."


@contextmanager
def no_room(server: Served) -> Iterator[None]:
    """No file takes another byte, neither the database's nor the log."""
    family = [psutil.Process(server.process.pid)]
    family += family[0].children(recursive=True)
    _limit(family, 1)
    yield
    _limit(family, resource.RLIM_INFINITY)


def _limit(family: list[psutil.Process], size: int) -> None:
    for process in family:
        process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_who_writes_is_told_and_everybody_reads_on(tmp_path: Path, free_port: int) -> None:
    app = killing.opened(tmp_path)
    settings = {**SETTINGS, "TRUSTED_PROXIES": "1", "ACCESS_LOG": "on"}
    room = killing.Newsroom(app, tmp_path, free_port, settings)
    stored = []

    def write(number: int) -> tuple[int, str, str]:
        words = WORDS.format(number)
        form = {"body": words, "submission": f"number-{number}-of-them-all", "anyway": "1"}
        answer = room.ask(crowd.post(number, f"{killing.HERE}/comments", **form))
        if answer[0] == 303:
            stored.append(words)
        return answer

    with served(tmp_path, free_port, **settings) as server:
        assert write(1)[0] == 303
        before = server.children()
        with no_room(server):
            for number in range(2, 8):
                status, _, page = write(number)
                assert status == 503
                assert "nothing was stored" in page
                assert WORDS.format(number) in page
                for path in (
                    killing.HERE,
                    f"{killing.HERE}?sort=oldest&number={number}",
                    "/policy",
                    "/healthz",
                ):
                    assert room.ask(crowd.get(number, path))[0] == 200
        for number in range(2, 8):
            assert write(number)[0] == 303
        assert server.children() == before, "nobody died of it"
    with app.app_context():
        mine = select(Revision.body).where(Revision.body.startswith("Number "))
        assert sorted(db.session.scalars(mine)) == sorted(stored)
        db.session.rollback()
        db.engine.dispose()
    reckoning.holds(app)
