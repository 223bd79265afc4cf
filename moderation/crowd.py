"""Whoever writes may have to wait; whoever reads never stands behind them.

Each request in progress holds a thread, and the threads of a process share one interpreter. So one
of those that write works at a time, and the others wait before they have begun. There are places to
wait for three quarters of the threads; who comes when all are taken is asked to try again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from flask import Flask, Response, g, has_request_context, request

from moderation import config, database, unavailable
from moderation.turns import Turns
from moderation.web import SAFE_METHODS

PLACES = config.THREADS * 3 // 4
# seconds: more than the one whose turn it is may wait for the database
PATIENCE = database.PATIENCE + 5.0
SENTENCE = (
    "Very many people are sending something at this moment, so nothing was stored or changed. "
    "Try again in a moment."
)


class Crowd:
    """Those who write in this process."""

    def __init__(self) -> None:
        self._places = threading.Semaphore(PLACES)
        self._turns = Turns()

    def enter(self) -> "Place | None":
        """A place, when its turn has come; None if there is none, or it does not come."""
        if not self._places.acquire(blocking=False):
            return None
        place = Place(self._turns)
        if place.take_turn():
            return place
        self._places.release()
        return None

    def leave(self, place: "Place") -> None:
        place.give_turn()
        self._places.release()


class Place:
    """What one request holds."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._has_turn = False

    def take_turn(self) -> bool:
        self._has_turn = self._turns.take(patience=PATIENCE)
        return self._has_turn

    def give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.give()


def init_app(app: Flask) -> None:
    crowd = Crowd()
    app.before_request(partial(_enter, crowd))
    app.teardown_request(partial(_leave, crowd))


@contextmanager
def aside() -> Iterator[None]:
    """Others work while this request waits for another server, or computes outside of Python."""
    place: Place | None = g.get("place") if has_request_context() else None
    if place is None:
        yield
        return
    place.give_turn()
    try:
        yield
    finally:
        place.take_turn()  # and if it does not come, what has been begun is finished anyway


def _enter(crowd: Crowd) -> Response | None:
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return None
    request.get_data(parse_form_data=True)  # nobody waits for one who sends it byte by byte
    place = crowd.enter()
    if place is None:
        return unavailable.answer(SENTENCE)
    g.place = place
    return None


def _leave(crowd: Crowd, _error: BaseException | None) -> None:
    place = g.pop("place", None)
    if place is not None:
        crowd.leave(place)
