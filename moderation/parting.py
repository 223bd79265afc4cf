"""Processes that part from one another: what each of them hears when it is told to stop."""

import os
import signal
import threading
from functools import cache

STOPS = (signal.SIGTERM, signal.SIGINT)


@cache
def listen_anew() -> None:
    """From now on whoever parts from us ends when told to, until it listens for itself.

    It would inherit what we do instead, and a signal that comes right after would be heard by
    nobody: everything told to stop while it starts would wait half a minute for that process.
    Signals that come at that moment wait until it is over.
    """
    os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_begin)


def hear_once() -> None:
    """For granian's workers: of all signals to stop they hear the first.

    A terminal tells every process, and the one above tells its workers as well. The second signal
    would stop one of them half way: what it answers just then would be lost, and everybody wait.
    """
    _hold()  # threads that begin later do so as well
    threading.Thread(target=_hear_first, daemon=True).start()


def _hear_first() -> None:
    number = signal.sigwait(STOPS)
    heard = signal.getsignal(number)
    if not callable(heard):  # nothing is served yet
        os._exit(0)
    heard(number, None)


def _hold() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)


def _release() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def _begin() -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    _release()
