"""`make soak`: a hundred kills under load, and an account of what came of them."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.reading import SETTINGS
from tests.faults import killing, reckoning
from tests.parts.smtp import Mailbox
from tests.parts.valkey import free_port


def main() -> None:
    asked = argparse.ArgumentParser(prog="make soak", description=__doc__)
    asked.add_argument("--kills", type=int, default=100)
    given = asked.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="moderation-soak-") as name, Mailbox() as mailbox:
        folder = Path(name)
        app = killing.opened(folder, SMTP_URL=mailbox.url)
        settings = {**SETTINGS, "TRUSTED_PROXIES": "1", "SMTP_URL": mailbox.url}
        room = killing.Newsroom(app, folder, free_port(), settings)
        killing.besiege(room, given.kills, say=_say)
        found = reckoning.account(room, mailbox)
    minutes = (time.monotonic() - began) / 60
    kills = ", ".join(f"{count} of {what}" for what, count in sorted(room.kills.items()))
    print(f"\n{given.kills} kills in {minutes:.1f} minutes ({kills})")
    for what, count in found.items():
        print(f"{count:8,} {what}")
    sys.exit(bool(reckoning.faults(found)))


def _say(words: str) -> None:
    end = "" if sys.stdout.isatty() else "\n"
    print(f"\r{words}", end=end, flush=True)


if __name__ == "__main__":
    main()
