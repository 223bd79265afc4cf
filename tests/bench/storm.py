"""A report storm: thousands of readers on one comment, others read on, a moderator decides."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from moderation.articles.models import Article
from moderation.cases.decisions import Decision
from moderation.cases.models import Case, CaseKind, Report
from moderation.comments.models import Comment
from moderation.database import db
from tests.bench import crowd, load, newsroom, reading, serving
from tests.bench.run import Run
from tests.bench.serving import Server
from tests.bench.table import Figure
from tests.bench.threads import LONG, SHORT, checked

READERS, EVERY = 8, 20  # connections of those who read on, and the ms each of them rests
REPORTERS = 32  # connections
SLOWER = 2.0  # × before the storm, at most
HIDDEN = re.compile(r'name="(revision|version|shown)"\s+value="(\d+)"')


def measure(run: Run) -> list[Figure]:
    instance = run.copy("storm")
    comment_id = _attacked(instance)
    # few are signed in, and open pages ask for the version
    pages = [load.get(SHORT), load.get(LONG), load.get(f"{SHORT}/version")] * 10
    pages.append(crowd.get(1, SHORT))
    with serving.ours(instance) as server:
        _read(server, pages, 1.0)
        before = _read(server, pages, run.storm_seconds / 2)
        storm = threading.Thread(target=_report, args=(run, server, comment_id))
        desk = threading.Thread(target=_decide, args=(run, server, instance, comment_id))
        storm.start()
        desk.start()
        during = _read(server, pages, run.storm_seconds)
        storm.join()
        desk.join()
        after = _read(server, pages, run.storm_seconds / 2)
    reports, is_decided = _outcome(instance, comment_id)
    if not is_decided:
        raise SystemExit("The case could not be decided during the storm.")
    return [
        Figure(
            f"others' p95, {reports:,} reports in {run.storm_seconds:.0f} s, case decided", "ms",
            [during.p95], "before and after", [(before.p95 + after.p95) / 2], SLOWER,
            at_least=False,
        )
    ]  # fmt: skip


def _read(server: Server, pages: list[bytes], seconds: float) -> load.Load:
    done = load.drive(server.port, pages, connections=READERS, seconds=seconds, pause=EVERY)
    return checked(done, pages[0])


def _report(run: Run, server: Server, comment_id: int) -> None:
    """Everybody once, evenly over the time there is. What is too much is answered as an error."""
    path = f"/comments/{comment_id}/report"
    sent = [crowd.post(2 + number, path, clause="abuse") for number in range(run.storm)]
    pause = round(run.storm_seconds * 1000 * REPORTERS / run.storm)
    load.drive(server.port, sent, connections=REPORTERS, seconds=run.storm_seconds, pause=pause)


def _decide(run: Run, server: Server, instance: Path, comment_id: int) -> None:
    """Through the desk's own pages, half way."""
    time.sleep(run.storm_seconds / 2)
    with _opened(instance):
        found = select(Case.id).where(Case.comment_id == comment_id, Case.kind == CaseKind.REVIEW)
        case_id = db.session.scalars(found).one()
    page = load.once(server.port, crowd.get(crowd.MODERATOR, f"/review/cases/{case_id}"))
    seen = dict(HIDDEN.findall(page))
    # it stays on the page, so that reports go on coming in
    form = {"action": "approve", **seen}
    decision = crowd.post(crowd.MODERATOR, f"/review/cases/{case_id}/decisions", **form)
    load.once(server.port, decision)


def _attacked(instance: Path) -> int:
    """The first comment of the short thread."""
    with _opened(instance):
        found = select(Comment.id).join(Article).where(Article.slug == newsroom.SHORT[0])
        return db.session.scalars(found.order_by(Comment.id).limit(1)).one()


def _outcome(instance: Path, comment_id: int) -> tuple[int, bool]:
    """How many reports there are, and whether somebody has decided."""
    with _opened(instance):
        count = select(func.count()).select_from(Report).where(Report.comment_id == comment_id)
        decided = select(Decision.id).where(
            Decision.comment_id == comment_id, Decision.decided_by_id.is_not(None)
        )
        return db.session.scalars(count).one(), db.session.scalar(decided) is not None


@contextmanager
def _opened(instance: Path) -> Iterator[Flask]:
    app = reading.opened(instance)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
