"""Whoever writes may have to wait; whoever reads never stands behind them.

Each request in progress holds a thread, and the threads of a process share one interpreter. So one
of those that write works at a time, and the others wait before they have begun. There are places to
wait for three quarters of the threads; who comes when all are taken is asked to try again. A few
more are for what only people who work here may do, so that a storm of reports can be worked off.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from flask import Flask, Response, current_app, g, has_request_context, request

from moderation import config, database, unavailable
from moderation.turns import Turns
from moderation.web import SAFE_METHODS

PLACES = config.THREADS * 3 // 4
STAFF_PLACES = config.THREADS // 16
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
        self._staff_places = threading.Semaphore(STAFF_PLACES)
        self._turns = Turns()

    def enter(self, *, is_desk: bool) -> "Place | None":
        """A place, when its turn has come; None if there is none, or it does not come.

        is_desk: for what only people who work here may do.
        """
        places = (self._places, self._staff_places)[: 1 + is_desk]
        free = next((some for some in places if some.acquire(blocking=False)), None)
        if free is None:
            return None
        place = Place(self._turns, free)
        if place.take_turn():
            return place
        place.leave()
        return None


class Place:
    """What one request holds."""

    def __init__(self, turns: Turns, among: threading.Semaphore) -> None:
        self._turns, self._among = turns, among
        self._has_turn = False

    def take_turn(self) -> bool:
        self._has_turn = self._turns.take(patience=PATIENCE)
        return self._has_turn

    def give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.give()

    def leave(self) -> None:
        self.give_turn()
        self._among.release()


def init_app(app: Flask) -> None:
    crowd = Crowd()
    app.before_request(partial(_enter, crowd))
    app.teardown_request(_leave)


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
    view = current_app.view_functions.get(request.endpoint or "")
    place = crowd.enter(is_desk=getattr(view, "for_staff", False))
    if place is None:
        return unavailable.answer(SENTENCE)
    g.place = place
    return None


def _leave(_error: BaseException | None) -> None:
    place: Place | None = g.pop("place", None)
    if place is not None:
        place.leave()
