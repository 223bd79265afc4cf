"""A checker that fails again and again is left alone for a while, so that it slows nobody down.

Each process learns it by itself: FAILURES readers in it waited for nothing, then none does.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation import clock

FAILURES = 3  # in a row
FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=2)


@dataclass
class _State:
    failures: int = 0
    rests_until: datetime | None = None


class Breaker:
    """By what is asked: another address is another thing."""

    def __init__(self) -> None:
        self._states: dict[object, _State] = {}
        self._guard = threading.Lock()

    def may_ask(self, what: object, now: datetime) -> bool:
        """Whether to ask; after a rest, one asks and the others go on resting until they know."""
        with self._guard:
            state = self._states.get(what)
            if state is None or state.rests_until is None:
                return True
            if clock.is_to_come(state.rests_until, now=now, within=LONGEST_REST):
                return False
            state.rests_until = now + _rest(state.failures)
            return True

    def went_well(self, what: object) -> None:
        with self._guard:
            self._states.pop(what, None)

    def failed(self, what: object, now: datetime) -> None:
        with self._guard:
            state = self._states.setdefault(what, _State())
            state.failures += 1
            if state.failures >= FAILURES:
                state.rests_until = now + _rest(state.failures)


def _rest(failures: int) -> timedelta:
    return min(FIRST_REST * (1 << min(failures - FAILURES, 10)), LONGEST_REST)
