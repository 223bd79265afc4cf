"""A newsroom at work while its processes are killed, and what is asked of it afterwards.

Readers hand in comments and report them, a moderator decides, all by real requests. Whatever was
acknowledged with a 303 is written down here, and has to be there once in the end.
"""

import itertools
import random
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from moderation.cases.decisions import Decision
from moderation.cases.models import Case, Report
from moderation.cli import main
from moderation.comments.models import Comment, Revision
from moderation.database import db
from moderation.outbox.models import Message
from tests import factories
from tests.bench import crowd, reading
from tests.parts.served import PATIENCE, Served, served
from tests.parts.smtp import Mailbox

PEOPLE = 120
ARTICLE = "under-fire"
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

    @property
    def acknowledged(self) -> tuple[int, int, int]:
        """How many comments, reports, decisions."""
        return len(self.comments), len(self.reports), len(self.decisions)

    def ask(self, request: bytes) -> tuple[int, str, str]:
        """(status, location, page) of one request; 0 if nobody answered."""
        got = b""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 20) as line:
            line.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            while part := line.recv(1 << 16):
                got += part
        status, there = STATUS.match(got), LOCATION.search(got)
        if status is None:
            return 0, "", ""
        return int(status[1]), there[1].decode() if there else "", got.decode("utf-8", "replace")

    def write(self, first: int) -> None:
        """Comments, each tried until it is acknowledged."""
        for number in itertools.count():
            words = f"Writer {first} says number {number} of many harmless things."
            who = 1 + (first * 37 + number) % (PEOPLE - 1)
            form = {"body": words, "submission": f"{first}-{number}-of-them", "anyway": "1"}
            request = crowd.post(who, f"/articles/{ARTICLE}/comments", **form)
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
        """Open cases, one after the other."""
        while not self.stop.is_set():
            with self.app.app_context():
                waiting = select(Case.id).where(Case.closed_at.is_(None)).order_by(Case.id).limit(1)
                case_id = db.session.scalar(waiting)
                db.session.rollback()
            if case_id is None:
                time.sleep(0.05)
                continue
            path = f"/review/cases/{case_id}"
            status, _, page = self.ask(crowd.get(crowd.MODERATOR, path))
            if status != 200:
                time.sleep(0.05)
                continue
            form = {"action": "approve", **dict(HIDDEN.findall(page))}
            status, _, _ = self.ask(crowd.post(crowd.MODERATOR, f"{path}/decisions", **form))
            if status == 303:
                self.decisions.append(case_id)

    def kill(self, what: str, server: Served) -> bool:
        """Without a word; whether everything is gone."""
        family = psutil.Process(server.process.pid).children()
        keeper = next((child for child in family if child.children()), None)
        web = [child for child in family if child != keeper]
        self.kills[what] += 1
        if what == "all":
            doomed = [*psutil.Process(server.process.pid).children(recursive=True), server.process]
        elif what == "web":
            doomed = web
        else:
            doomed = keeper.children() if keeper else []
        for process in doomed:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                process.send_signal(signal.SIGKILL)
        return what == "all"


def opened(folder: Path, **settings: str) -> Flask:
    """A newsroom with a crowd that is signed in, and an article."""
    app = reading.prepared(folder / "instance", **settings)
    with app.app_context():
        crowd.plant(PEOPLE)
        factories.article(slug=ARTICLE)
        db.session.commit()
    return app


def besiege(
    room: Newsroom, kills: int, *, say: Callable[[str], None] = lambda _words: None
) -> None:
    """The load, and so many kills, each of something else."""
    hands = [
        *(threading.Thread(target=room.write, args=(first,)) for first in range(3)),
        threading.Thread(target=room.report),
        threading.Thread(target=room.decide),
    ]
    drawn = random.Random(kills)
    done = 0
    with ExitStack() as stack:
        stack.callback(_join, hands)
        stack.callback(room.stop.set)
        is_begun = False
        while done < kills:
            with served(room.folder, room.port, "--workers", "2", **room.settings) as server:
                if not is_begun:
                    for hand in hands:
                        hand.start()
                    is_begun = True
                is_gone = False
                while done < kills and not is_gone:
                    time.sleep(drawn.uniform(0.5, 1.5))
                    is_gone = room.kill(WHAT[done % len(WHAT)], server)
                    done += 1
                    say(f"{done} of {kills} kills, {len(room.comments)} comments acknowledged")
                if is_gone:
                    server.process.wait(PATIENCE)
        with served(room.folder, room.port, "--workers", "2", **room.settings):
            _until_more(room)
            room.stop.set()
            _join(hands)


def _until_more(room: Newsroom) -> None:
    """Everything goes on after the last kill: comments, reports and decisions."""
    before, end = room.acknowledged, time.monotonic() + 2 * PATIENCE
    while not all(now > then for now, then in zip(room.acknowledged, before, strict=True)):
        assert time.monotonic() < end, "Nothing is acknowledged any more."
        time.sleep(0.05)


def _join(hands: list[threading.Thread]) -> None:
    for hand in hands:
        if hand.ident is not None:
            hand.join()


def account(room: Newsroom, mailbox: Mailbox) -> dict[str, int]:
    """Counts of what was lost or doubled; all zero but the first three, or it is a fault."""
    with room.app.app_context():
        words = Counter(
            db.session.scalars(select(Revision.body).where(Revision.body.startswith("Writer ")))
        )
        named = select(Report.reporter_id, Report.comment_id).where(Report.reporter_id.is_not(None))
        reported = Counter((row[0], row[1]) for row in db.session.execute(named))
        people = [int(one) for one in db.session.scalars(crowd.of_the_crowd())]
        decided = set(
            db.session.scalars(select(Decision.case_id).where(Decision.decided_by_id.is_not(None)))
        )
        stored = db.session.scalar(select(func.count()).select_from(Comment)) or 0
        db.session.rollback()
    given = {(people[who], int(which)) for who, which in room.reports}
    found = {
        "comments acknowledged": len(room.comments),
        "reports acknowledged": len(room.reports),
        "decisions acknowledged": len(room.decisions),
        "comments lost": sum(1 for each in room.comments if not words[each]),
        "comments doubled": sum(1 for count in words.values() if count > 1),
        "comments without words": stored - words.total(),
        "reports lost": sum(1 for each in given if not reported[each]),
        "reports doubled": sum(1 for each in given if reported[each] > 1),
        "decisions lost": sum(1 for case in room.decisions if case not in decided),
    }
    holds(room.app)
    found["letters lost"] = _letters_lost(room, mailbox)
    return found


def holds(app: Flask) -> None:
    """Statuses equal decisions, counts equal rows, and every event is sealed into its chain."""
    for command in (["worker", "--once"], ["check"], ["audit", "verify"]):
        done = CliRunner().invoke(main, command, obj=app)
        assert done.exit_code == 0, done.output


def _letters_lost(room: Newsroom, mailbox: Mailbox) -> int:
    """Of those that are due: each reaches its reader, at least once."""
    with room.app.app_context():
        for message in db.session.scalars(select(Message).where(Message.sent_at.is_(None))):
            message.not_before = message.created_at  # a minute's grace would be a minute's test
            message.claimed_until = None
        db.session.commit()
        messages = db.session.execute(select(Message.to, Message.key)).all()
        db.session.rollback()
    done = CliRunner().invoke(main, ["outbox", "deliver"], obj=room.app)
    assert done.exit_code == 0, done.output
    wanted = Counter(to for to, _ in messages)
    return sum(max(0, count - len(mailbox.to(to))) for to, count in wanted.items())
