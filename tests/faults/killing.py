"""A newsroom at work while its processes are killed, and what is asked of it afterwards.

Readers read, hand in comments and report them, a moderator decides, all by real requests. Whatever
was acknowledged with a 303 is written down here, and has to be there once in the end.
"""

import itertools
import random
import re
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from moderation.cases.models import Case, Report
from moderation.database import db
from moderation.outbox.models import Message
from tests import factories
from tests.bench import crowd, reading
from tests.parts.served import PATIENCE, Served, begun, served, until

PEOPLE = 120
ARTICLE = "under-fire"
HERE = f"/articles/{ARTICLE}"
HIDDEN = re.compile(r'name="(revision|version|shown)"\s+value="(\d+)"')
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)", re.IGNORECASE)
WHAT = ("web", "worker", "all")


@dataclass
class Newsroom:
    """An installation, the load on it, and what it has acknowledged."""

    app: Flask
    folder: Path
    port: int
    settings: dict[str, str]
    stop: threading.Event = field(default_factory=threading.Event)
    comments: dict[str, str] = field(default_factory=dict)  # its words → its id
    reports: set[tuple[int, str]] = field(default_factory=set)  # who, which comment
    decisions: list[int] = field(default_factory=list)  # cases
    kills: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)  # by status; 0: none
    unanswered: list[str] = field(default_factory=list)  # why nobody answered
    slowest: float = 0.0  # seconds
    under_way: set[tuple[int, object]] = field(default_factory=set)  # (port, one request)

    @property
    def acknowledged(self) -> tuple[int, int, int]:
        """How many comments, reports, decisions."""
        return len(self.comments), len(self.reports), len(self.decisions)

    def ask(self, request: bytes) -> tuple[int, str, str]:
        """(status, location, page) of one request; 0 if nobody answered."""
        got, why, began, port = b"", "closed", time.monotonic(), self.port
        self.under_way.add(this := (port, object()))
        if port != self.port:  # which moved before we could be seen on the way to the old one
            self.under_way.discard(this)
            return self.ask(request)
        try:
            with socket.create_connection(("127.0.0.1", port), 60) as line:
                line.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                while part := line.recv(1 << 16):
                    got += part
        except OSError as error:
            why = str(error)
        self.under_way.discard(this)
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        status, there = STATUS.match(got), LOCATION.search(got)
        self.answers[int(status[1]) if status else 0] += 1
        if status is None:
            first = request.partition(b"\r\n")[0].decode()
            self.unanswered.append(f"{first} at {port} after {took:.1f} s: {why}")
            return 0, "", ""
        return int(status[1]), there[1].decode() if there else "", got.decode("utf-8", "replace")

    def write(self, first: int) -> None:
        """Comments, each tried until it is acknowledged."""
        for number in itertools.count():
            words = f"Writer {first} says number {number} of many harmless things."
            who = 1 + (first * 37 + number) % (PEOPLE - 1)
            form = {"body": words, "submission": f"{first}-{number}-of-them", "anyway": "1"}
            request = crowd.post(who, f"{HERE}/comments", **form)
            while words not in self.comments:
                if self.stop.is_set():
                    return
                status, there, _ = self.ask(request)
                if status == 303:
                    self.comments[words] = there.rpartition("/")[2]
                else:
                    time.sleep(0.05)

    def report(self) -> None:
        """Comments that were acknowledged, by people who did not write them."""
        drawn = random.Random(1)
        while not self.stop.is_set():
            known = list(self.comments.values())
            if not known:
                time.sleep(0.05)
                continue
            who, which = drawn.randrange(1, PEOPLE), drawn.choice(known)
            request = crowd.post(who, f"/comments/{which}/report", clause="abuse", explanation="")
            status, there, _ = self.ask(request)
            if status == 303 and there.endswith("/thanks"):
                self.reports.add((who, which))
            else:
                time.sleep(0.02)

    def decide(self) -> None:
        """Open cases, one after the other, those with reports first."""
        while not self.stop.is_set():
            case_id = self._open_case()
            path = f"/review/cases/{case_id}"
            status, page = 0, ""
            if case_id is not None:
                status, _, page = self.ask(crowd.get(crowd.MODERATOR, path))
            if status != 200:
                time.sleep(0.05)
                continue
            form = {"action": "approve", **dict(HIDDEN.findall(page))}
            status, _, _ = self.ask(crowd.post(crowd.MODERATOR, f"{path}/decisions", **form))
            if status == 303 and case_id is not None:
                self.decisions.append(case_id)

    def _open_case(self) -> int | None:
        reported = exists().where(Report.comment_id == Case.comment_id)
        waiting = select(Case.id).where(Case.closed_at.is_(None))
        with self.app.app_context(), suppress(SQLAlchemyError):
            return db.session.scalar(waiting.order_by(reported.desc(), Case.id).limit(1))
        return None

    def writes(self) -> bool:
        """Whether somebody was sent a letter, as those are whose report was decided."""
        with self.app.app_context(), suppress(SQLAlchemyError):
            return db.session.scalar(select(Message.id).limit(1)) is not None
        return False

    def read(self) -> None:
        """As somebody who is not signed in."""
        while not self.stop.is_set():
            self.ask(f"GET {HERE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.02)


class Apart:
    """`moderation worker` as a process of its own, and whoever starts it again."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room
        self.process: subprocess.Popen[bytes] = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return begun(self._room.folder, "worker-said", "worker", **self._room.settings)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process = self._start()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


def opened(folder: Path, **settings: str) -> Flask:
    """A newsroom with a crowd that is signed in, and an article."""
    app = reading.prepared(folder / "instance", **settings)
    with app.app_context():
        crowd.plant(PEOPLE)
        factories.article(slug=ARTICLE)
        db.session.commit()
    return app


@contextmanager
def at_work(room: Newsroom) -> Iterator[None]:
    """The load, which goes on whatever happens to the server."""
    hands = [
        *(threading.Thread(target=room.write, args=(first,)) for first in range(3)),
        *(threading.Thread(target=hand) for hand in (room.report, room.decide, room.read)),
    ]
    for hand in hands:
        hand.start()
    try:
        yield
    finally:
        room.stop.set()
        for hand in hands:
            hand.join()


def besiege(
    room: Newsroom, kills: int, *, say: Callable[[str], None] = lambda _words: None
) -> None:
    """The load, and so many kills, each of something else."""
    drawn = random.Random(kills)
    done = 0
    apart = Apart(room) if room.settings.get("WORKER") == "off" else None
    try:
        with at_work(room):
            while done < kills:
                with served(room.folder, room.port, "--workers", "2", **room.settings) as server:
                    is_gone = False
                    while done < kills and not is_gone:
                        _until_busy(room)
                        time.sleep(drawn.uniform(0, 1))
                        is_gone = _kill(room, WHAT[done % len(WHAT)], server, apart)
                        done += 1
                        say(f"{done} of {kills} kills, {len(room.comments)} comments acknowledged")
                    if is_gone:
                        server.process.wait(PATIENCE)
            with served(room.folder, room.port, "--workers", "2", **room.settings):
                until_more(room)
                until(room.writes)
                room.stop.set()
    finally:
        if apart is not None:
            apart.end()


def _kill(room: Newsroom, what: str, server: Served, apart: Apart | None) -> bool:
    """Without a word; whether nobody answers any more."""
    room.kills[what] += 1
    if apart is not None and what == "worker":
        apart.kill()
        return False
    family = psutil.Process(server.process.pid).children()
    keeper = next((child for child in family if child.children()), None)
    if what == "all":
        doomed = [*psutil.Process(server.process.pid).children(recursive=True), server.process]
    elif what == "web":
        doomed = [child for child in family if child != keeper]
    else:
        doomed = keeper.children() if keeper else []
    for process in doomed:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            process.send_signal(signal.SIGKILL)
    return what == "all"


def _until_busy(room: Newsroom) -> None:
    """Something is acknowledged, so that what comes next hits a newsroom at work."""
    before = room.acknowledged
    until(lambda: room.acknowledged != before)


def until_more(room: Newsroom) -> None:
    """Everything goes on: comments, reports and decisions."""
    before, end = room.acknowledged, time.monotonic() + 2 * PATIENCE
    while not all(now > then for now, then in zip(room.acknowledged, before, strict=True)):
        assert time.monotonic() < end, "Nothing is acknowledged any more."
        time.sleep(0.05)
