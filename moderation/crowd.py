"""Whoever writes may have to wait; whoever reads never stands behind them.

Each request in progress holds a thread, and writers wait for each other in theirs. So there are
places for three quarters of the threads; who comes when all are taken is asked to try again.
"""

import threading
from functools import partial

from flask import Flask, Response, g, request

from moderation import config, unavailable
from moderation.web import SAFE_METHODS

PLACES = config.THREADS * 3 // 4
SENTENCE = (
    "Very many people are sending something at this moment, so nothing was stored or changed. "
    "Try again in a moment."
)


def init_app(app: Flask) -> None:
    free = threading.Semaphore(PLACES)
    app.before_request(partial(_take, free))
    app.teardown_request(partial(_give, free))


def _take(free: threading.Semaphore) -> Response | None:
    if request.method in SAFE_METHODS:
        return None
    if not free.acquire(blocking=False):
        return unavailable.answer(SENTENCE)
    g.has_place = True
    return None


def _give(free: threading.Semaphore, _error: BaseException | None) -> None:
    if g.pop("has_place", False):
        free.release()
