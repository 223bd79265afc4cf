"""How long keeping and moving take, and how much memory: `python -m tests.bench.keeping`.

Planted comments, each with its revision, its decision and a sealed event; every command in a
process of its own. The PostgreSQL is the tests' own, which does not wait for the disk.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from moderation import clock, ids
from moderation.cases.decisions import Decision, How
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.events import seal
from moderation.events.models import Event, Unsealed
from tests import factories
from tests.bench import seed
from tests.conftest import make_app, prepare
from tests.parts import postgres

AUTHORS = 1000
ROOTS = 0.25  # of all comments; each has three replies
COMMAND = """
import resource, sys
from moderation.cli import main
try:
    main(sys.argv[1:])
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(round(used.ru_utime + used.ru_stime, 1), used.ru_maxrss // 1024, file=sys.stderr)
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.keeping", description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to work; by default a new one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moderation-bench-", dir=given.folder) as made:
        folder = Path(made)
        folder.chmod(0o711)  # PostgreSQL, as another user, passes through
        measure(folder, given.comments)


def measure(folder: Path, comments: int) -> None:
    here, file = folder / "here", folder / "kept.zip"
    plant(here, comments)
    size = (here / "moderation.sqlite").stat().st_size / 1e6
    print(f"{comments:,} comments, SQLite {size:,.0f} MB", flush=True)
    server = postgres.server(folder, owner=os.getpid())
    urls = [postgres.database_url(server, name) for name in ("moved", "restored")]
    timed("backup", here, file)
    print(f"  the backup: {file.stat().st_size / 1e6:,.0f} MB", flush=True)
    timed("move", here, "--to", urls[0])
    timed("restore", folder / "sqlite", file)
    timed("check", here)
    timed("check", here, url=urls[0])
    timed("restore", folder / "postgres", file, url=urls[1])
    timed("backup", here, folder / "again.zip", url=urls[0])


def timed(command: str, instance: Path, *more: str | Path, url: str = "") -> None:
    """Print how long one command took, its own CPU and its peak of resident memory."""
    began = time.perf_counter()
    done = subprocess.run(
        (sys.executable, "-c", COMMAND, command, *map(str, more)),
        env={
            **os.environ,
            "MODERATION_INSTANCE": str(instance),
            "MODERATION_DATABASE_URL": url,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    cpu, memory = done.stderr.split()[-2:]
    on = "PostgreSQL" if url else "SQLite"
    print(f"  {command:<8} on {on:<10} {took:7.1f} s  CPU {cpu} s  {memory} MB", flush=True)


def plant(instance: Path, comments: int) -> None:
    """An installation with so many comments, as the services would leave them; commits."""
    app = make_app(instance)
    prepare(app)
    with app.app_context():
        site, article = factories.site(), factories.article()
        authors = [factories.person().id for _ in range(AUTHORS)]
        seed.thread(article, authors, roots=int(comments * ROOTS), replies=3)
        for rows in _batches():
            _decide(rows, site_id=site.id)
        db.session.commit()
        while seal.seal():
            db.session.commit()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _batches() -> Iterator[list[Any]]:
    last = 0
    asked = select(Comment.id, Comment.revision_id).order_by(Comment.id).limit(seed.AT_ONCE)
    while rows := list(db.session.execute(asked.where(Comment.id > last))):
        yield rows
        last = rows[-1].id


def _decide(rows: list[Any], *, site_id: int) -> None:
    """Each comment's arrival, and an event that says so."""
    now = clock.now()
    decisions = [
        {
            "id": ids.new(),
            "site_id": site_id,
            "comment_id": row.id,
            "revision_id": row.revision_id,
            "action": Action.APPROVE,
            "detected_how": How.MODE,
            "decided_how": How.MODE,
            "status_before": Status.NEW,
        }
        for row in rows
    ]
    events = [
        {
            "id": ids.new(),
            "site_id": site_id,
            "kind": "comment-decided",
            "facts": {"comment_id": str(row["comment_id"]), "decision_id": str(row["id"])},
            "happened_at": now,
        }
        for row in decisions
    ]
    db.session.execute(insert(Decision), decisions)
    db.session.execute(insert(Event), events)
    db.session.execute(insert(Unsealed), [{"event_id": event["id"]} for event in events])


if __name__ == "__main__":
    main()
