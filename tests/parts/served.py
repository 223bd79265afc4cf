"""`moderation serve` as a process of its own, until the end of a `with`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil

PATIENCE = 60  # seconds, on a busy machine


@dataclass
class Served:
    """A server process and what it wrote."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text("utf-8")

    def get(self, path: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def children(self) -> list[psutil.Process]:
        return children_of(self.process)

    def worker(self) -> psutil.Process | None:
        """The keeper's child."""
        return next((grand for child in self.children() for grand in child.children()), None)

    def ended(self) -> int:
        return self.process.wait(PATIENCE)


@contextmanager
def served(folder: Path, port: int, *words: str, **settings: str) -> Iterator[Served]:
    process = begun(folder, "said", "serve", "--port", str(port), *words, **settings)
    server = Served(process, port, folder)
    try:
        until(
            lambda: "Serving on" in server.said or process.poll() is not None,
            of=lambda: server.said,
        )
        yield server
    finally:
        family = [process.pid, *(child.pid for child in children_of(process, all_=True))]
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
        for pid in family:
            assert not psutil.pid_exists(pid) or is_gone(psutil.Process(pid)), server.said


def begun(folder: Path, said: str, *words: str, **settings: str) -> subprocess.Popen[bytes]:
    """`moderation` with these words, on the instance there. said: the file of what it writes."""
    command = [sys.executable, "-m", "moderation", *words]
    given = environment(folder, settings)
    with (folder / said).open("wb") as output:
        return subprocess.Popen(command, env=given, stdout=output, stderr=output)


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Of a process that works on the instance in `folder`."""
    return {
        **os.environ,
        "MODERATION_INSTANCE": str(folder / "instance"),
        "MODERATION_ACCESS_LOG": "off",
        **{f"MODERATION_{name}": value for name, value in settings.items()},
    }


def children_of(process: subprocess.Popen[bytes], *, all_: bool = False) -> list[psutil.Process]:
    try:
        return list(psutil.Process(process.pid).children(recursive=all_))
    except psutil.NoSuchProcess:
        return []


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(
    condition: object, seconds: float = PATIENCE, *, of: Callable[[], str] = lambda: ""
) -> None:
    """of: what to show if it does not happen."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"It did not happen in time. {of()}"
        time.sleep(0.05)
