"""First come, first served: one writer at a time within a process.

SQLite lets writers that wait sleep and try again, so that one may be passed by for seconds. Here
they stand in a line; between processes SQLite's own waiting remains.
"""

import threading
from collections import deque


class Turns:
    """A lock that is handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, *, patience: float) -> bool:
        """Wait for our turn, at most `patience` seconds; False if it did not come."""
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

    def give(self) -> None:
        """To the next in line."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
