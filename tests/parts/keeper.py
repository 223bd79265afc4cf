"""Runs a server for as long as a test run lives, and clears up however that run ended.

`python -m tests.parts.keeper OWNER FOLDER USER COMMAND...` starts COMMAND as USER ("" for whoever
we are), waits until the process OWNER is gone, stops the server and removes FOLDER. Even a test run
that was killed leaves nothing behind.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypedDict

EVERY = 0.3  # seconds between two looks at the owner
PATIENCE = 30.0  # seconds a server may take to answer


class PartMissing(RuntimeError):
    """A real part cannot be had; the message says what to install or to set."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Only one process of the run at a time is inside, so that the first starts what all share."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(
    command: Sequence[str | Path],
    *,
    owner: int,
    folder: Path,
    user: str,
    answers: Callable[[], bool],
) -> None:
    """Start `command` under a keeper and return once `answers()`; PartMissing if it never does."""
    log = folder / "log"
    keeper = [sys.executable, "-m", __name__, str(owner), str(folder), user, *map(str, command)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            keeper,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
        )
    end = time.monotonic() + PATIENCE
    while not answers():
        if process.poll() is not None or time.monotonic() > end:
            process.terminate()
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise PartMissing(
                f"{Path(command[0]).name} did not start for the tests. It said:\n{said}"
            )
        time.sleep(0.05)
    process.returncode = 0  # it outlives us on purpose; nobody is to be warned about that


class Identity(TypedDict, total=False):
    """What `subprocess` is told to run a program as somebody else."""

    user: str
    group: int
    extra_groups: list[str]


def identity(user: str) -> Identity:
    """How to start a program as `user`, or as ourselves if there is none."""
    if not user:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def lives(process: int) -> bool:
    """Whether a process of that number is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main(owner: int, folder: Path, user: str, command: Sequence[str]) -> int:
    """Keep the server until the owner is gone or we are told to stop."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    # a server in a session of its own does not see a Ctrl-C meant for the tests
    server = subprocess.Popen(command, **identity(user))
    while server.poll() is None and not told and lives(owner):
        time.sleep(EVERY)
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
    if not lives(owner):
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()
    return server.returncode or 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:]))
