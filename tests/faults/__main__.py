"""`make soak`: a hundred kills under load, and an account of what came of them.

Half of them on SQLite with the worker beside `serve`, half on PostgreSQL and Valkey with a worker
apart.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moderation.database import db
from tests.bench.reading import SETTINGS
from tests.faults import killing, reckoning
from tests.parts import own, postgres
from tests.parts.smtp import Mailbox
from tests.parts.valkey import free_port


def main() -> None:
    asked = argparse.ArgumentParser(prog="make soak", description=__doc__)
    asked.add_argument("--kills", type=int, default=100)
    kills = asked.parse_args().kills
    is_faulty = False
    with tempfile.TemporaryDirectory(prefix="moderation-soak-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL, as another user, passes through
        is_faulty |= _soak(folder / "small", "SQLite", kills - kills // 2, {})
        with _outgrown(folder) as settings:
            is_faulty |= _soak(folder / "outgrown", "PostgreSQL, Valkey", kills // 2, settings)
    sys.exit(is_faulty)


@contextmanager
def _outgrown(folder: Path) -> Iterator[dict[str, str]]:
    """Settings of the large size, on servers of its own."""
    at = postgres.server(folder, owner=os.getpid(), settings=own.DURABLE)
    url = postgres.database_url(at, "soak")
    with own.valkey_of(folder) as shared:
        yield {"DATABASE_URL": url, "REDIS_URL": shared.url, "WORKER": "off"}


def _soak(folder: Path, size: str, kills: int, chosen: dict[str, str]) -> bool:
    """Whether anything was lost or doubled; prints the account."""
    folder.mkdir()
    began = time.monotonic()
    with Mailbox() as mailbox:
        app = killing.opened(folder, SMTP_URL=mailbox.url, **chosen)
        settings = {**SETTINGS, "TRUSTED_PROXIES": "1", "SMTP_URL": mailbox.url, **chosen}
        room = killing.Newsroom(app, folder, free_port(), settings)
        killing.besiege(room, kills, say=_say)
        found = reckoning.account(room, mailbox)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    minutes = (time.monotonic() - began) / 60
    killed = ", ".join(f"{count} of {what}" for what, count in sorted(room.kills.items()))
    print(f"\n{size}: {kills} kills in {minutes:.1f} minutes ({killed})")
    for what, count in found.items():
        print(f"{count:8,} {what}")
    return bool(reckoning.faults(found))


def _say(words: str) -> None:
    end = "" if sys.stdout.isatty() else "\n"
    print(f"\r{words}", end=end, flush=True)


if __name__ == "__main__":
    main()
