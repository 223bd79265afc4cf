"""The worker beside `serve`: in a process of its own, started again if it dies.

A keeper is parted from `serve` before that has threads, and parts from itself one worker after the
other, so that all of them share what was loaded. Keeper and worker end when `serve` does, even if
it is killed.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from types import FrameType

import structlog

from moderation import logs, worker
from moderation.app import create_app

PATIENCE = 30  # seconds for the worker's last item
LONGEST_PAUSE = 60.0  # seconds, before a worker that keeps dying is started again
STEP = 0.2  # seconds between two looks at whether to go on

log = structlog.get_logger()


class Background:
    """The keeper, as `serve` sees it."""

    def __init__(self, *, is_over: Callable[[], bool]) -> None:
        """is_over: whether `serve` was told to stop, which the keeper may have been too."""
        self._is_over = is_over
        self._is_stopping = False
        self._keeper: BaseProcess = _parted(_keep, os.getpid())

    def watch(self) -> None:
        """See to it that there is a keeper, until `stop` is called from another thread."""
        while not self._ends():
            self._keeper.join(STEP)
            if self._keeper.is_alive():
                continue
            time.sleep(1.0)
            if not self._ends():
                log.error("the worker's keeper ended, starting it again")
                self._keeper = _parted(_keep, os.getpid())

    def _ends(self) -> bool:
        return self._is_stopping or self._is_over()

    def renew(self) -> None:
        """Another worker, which reads the settings anew."""
        if self._keeper.pid is not None:
            os.kill(self._keeper.pid, signal.SIGHUP)

    def stop(self) -> None:
        """Let the worker finish what it has in its hands."""
        self._is_stopping = True
        self._keeper.terminate()
        self._keeper.join(PATIENCE + 5)
        if self._keeper.is_alive():
            self._keeper.kill()
            self._keeper.join()


def _parted(target: object, *given: int) -> BaseProcess:
    # macOS and Windows load everything again; nothing is shared there
    way = "fork" if hasattr(os, "fork") else "spawn"
    process: BaseProcess = multiprocessing.get_context(way).Process(target=target, args=given)  # type: ignore[attr-defined]
    process.start()
    return process


def _keep(serving: int) -> None:
    """Until told to stop, or until process `serving` is gone."""
    os.setpgid(0, 0)  # Ctrl-C is for the one above, which tells us
    said: list[int] = []

    def listen(number: int, _frame: FrameType | None) -> None:
        said.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, listen)
    pause = 1.0
    while _goes_on(said, serving):
        said.clear()
        began = time.monotonic()
        current = _parted(_work, os.getpid())
        while current.is_alive() and not said and os.getppid() == serving:
            current.join(STEP)
        if said or os.getppid() != serving:
            _end(current)
            continue
        log.error("worker ended, starting it again", code=current.exitcode)
        pause = 1.0 if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        until = time.monotonic() + pause
        while time.monotonic() < until and not said and os.getppid() == serving:
            time.sleep(STEP)


def _goes_on(said: list[int], serving: int) -> bool:
    is_told = any(number != signal.SIGHUP for number in said)
    return os.getppid() == serving and not is_told


def _end(process: BaseProcess) -> None:
    process.terminate()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()


def _work(keeper: int) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # what was inherited is the keeper's
    logs.configure()
    app = create_app()
    with app.app_context():
        worker.work(app, until_gone=keeper)
