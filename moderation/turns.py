"""First come, first served: one writer at a time on a machine.

SQLite lets writers that wait sleep and try again, for longer each time, so that one may be passed
by for seconds and nobody writes meanwhile. Here they stand in a line.
"""

import fcntl
import os
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

PAUSE = 0.001  # seconds between two looks at what another process holds


class Turns:
    """A lock that is handed to whoever has waited longest, in this process and among others.

    file: what is written to; two files beside it say whose turn it is, and who is next.
    """

    def __init__(self, file: str | None = None) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()
        self._between = Between(Path(file)) if file else None

    def take(self, *, patience: float) -> bool:
        """Wait for our turn, at most `patience` seconds; False if it did not come."""
        until = time.monotonic() + patience
        if not self._wait_here(patience):
            return False
        if self._between is None:
            return True
        came = False
        with suppress(OSError):  # no room for a file: SQLite's own waiting remains
            came = self._between.take(until)
        if not came:
            self._call_next()
        return came

    def give(self) -> None:
        """To the next in line."""
        if self._between is not None:
            self._between.give()
        self._call_next()

    def _wait_here(self, patience: float) -> bool:
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(patience):
            return True
        with self._guard:
            if called.is_set():  # called while giving up
                return True
            self._waiting.remove(called)
            return False

    def _call_next(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class Between:
    """The same between processes, for one thread of each. Whoever dies gives their turn back.

    Who had the turn and wants it again has to be the next first, which somebody else is already: so
    nobody is passed by again and again by the same process.
    """

    def __init__(self, file: Path) -> None:
        self._turn, self._next = (file.with_name(f"{file.name}-{end}") for end in ("turn", "next"))
        self._held: int | None = None

    def take(self, until: float) -> bool:
        """until: when patience ends, in seconds of `time.monotonic`."""
        first = _locked(self._next, until)
        if first is None:
            return False
        try:
            self._held = _locked(self._turn, until)
        finally:
            os.close(first)
        return self._held is not None

    def give(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None


def _locked(file: Path, until: float) -> int | None:
    """A descriptor that holds the lock for as long as it is open."""
    found = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(found)
                return None
            time.sleep(PAUSE)
        except OSError:  # such as a file system without locks
            os.close(found)
            raise
        else:
            return found
