"""A real replica of the run's PostgreSQL: it streams, and stops when a test says so."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from tests.parts import postgres
from tests.parts.keeper import PATIENCE, PartMissing, alone, identity

# the tests' PostgreSQL acknowledges before it writes: this commit writes what came before it
WRITE = "SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'tests', 'written')"
WRITTEN = "SELECT pg_current_wal_lsn()"
REACHED = "SELECT pg_last_wal_replay_lsn() >= %s"
STATE = "SELECT pg_get_wal_replay_pause_state()"


def server(of: URL, folder: Path, *, owner: int) -> URL:
    """Where the replica of that server is, in `folder`; the first to ask starts it."""
    url = URL.create(
        "postgresql+psycopg", username="moderation", database="postgres",
        query={"host": str(folder)},
    )  # fmt: skip
    with alone(folder):
        if not (folder / "data").exists():
            start(of, folder, owner=owner, url=url)
    return url


def start(of: URL, folder: Path, *, owner: int, url: URL) -> None:
    """Copy the server while it runs, and follow it from there."""
    user = postgres.NOBODY if os.geteuid() == 0 else ""
    programs = postgres.readable_programs(folder)
    if user:
        shutil.chown(folder, user)
    source = of.set(drivername="postgresql").render_as_string(hide_password=False)
    copy = (programs / "pg_basebackup", "--dbname", source, "--pgdata", folder / "data")
    how = ("--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
    made = subprocess.run(
        (*copy, *how), capture_output=True, text=True, check=False, cwd=folder, **identity(user)
    )
    if made.returncode:
        raise PartMissing(f"PostgreSQL's pg_basebackup failed for the tests:\n{made.stderr}")
    postgres.run(programs, folder, owner=owner, url=url)


def write(primary: URL) -> None:
    """Have the primary write what it has acknowledged, so that a replica can know it."""
    with postgres.connect(primary) as here:
        here.execute(WRITE)


def follow(primary: URL, replica: URL) -> None:
    """Wait until the replica has everything that the primary has now."""
    write(primary)
    with postgres.connect(primary) as here, postgres.connect(replica) as there:
        row = here.execute(WRITTEN).fetchone()
        until(lambda: (there.execute(REACHED, row).fetchone() or (False,))[0])


@contextmanager
def paused(replica: URL) -> Iterator[None]:
    """The replica goes on receiving and replays nothing in here."""
    with postgres.connect(replica) as there:
        there.execute("SELECT pg_wal_replay_pause()")
        until(lambda: (there.execute(STATE).fetchone() or ("",))[0] == "paused")
        try:
            yield
        finally:
            there.execute("SELECT pg_wal_replay_resume()")


def until(condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "The replica did not get there in time."
        time.sleep(0.01)
