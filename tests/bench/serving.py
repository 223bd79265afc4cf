"""The servers that are measured, each a process with a port, and what it uses."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psutil

from moderation import config
from tests.bench.reading import SETTINGS
from tests.parts.valkey import free_port

PATIENCE = 60  # seconds to start, and to end


@dataclass(frozen=True)
class Server:
    """A process with its children, listening on `port`."""

    process: psutil.Process
    port: int

    def cpu(self) -> float:
        """Seconds of CPU that all its processes have used."""
        spent = 0.0
        for process in self._all():
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                spent += times.user + times.system
        return spent

    def memory(self) -> tuple[float, float]:
        """MB of all its processes: (PSS, what several share counted once; RSS summed)."""
        pss = rss = 0.0
        for process in self._all():
            with suppress(psutil.NoSuchProcess):
                used = process.memory_full_info()
                pss, rss = pss + used.pss / 1e6, rss + used.rss / 1e6
        return pss, rss

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One answer: status, headers by their names in small letters, body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Host": "localhost", **headers})
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        finally:
            connection.close()

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def ours(instance: Path, *, workers: int | None = None, **settings: str) -> Iterator[Server]:
    """`moderation serve`. Each request may come from a network of its own: see `crowd`."""
    words = [sys.executable, "-P", "-m", "moderation", "serve"]
    words += ["--workers", str(workers)] if workers else []
    named = {"INSTANCE": str(instance), **SETTINGS, "TRUSTED_PROXIES": "1", **settings}
    environment = {f"MODERATION_{name}": value for name, value in named.items()}
    with started(words, "--port", environment, path="/healthz") as server:
        yield server


@contextmanager
def bare(answer: Path, *, workers: int) -> Iterator[Server]:
    """The floor on the same server as ours, set up as ours is."""
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-access-log"]
    words += ["--http", "1", "--no-ws", "--workers", str(workers)]
    words += ["--blocking-threads", str(config.THREADS), "tests.bench.bare:application"]
    with started(words, "--port", {"BENCH_ANSWER": str(answer)}) as server:
        yield server


@contextmanager
def gunicorn(program: Path, target: str, **environment: str) -> Iterator[Server]:
    """Two workers of four threads each, as is usual on two processors."""
    words = [str(program), "--worker-class", "gthread", "--workers", "2", "--threads", "4", target]
    with started(words, "--bind", environment) as server:
        yield server


@contextmanager
def started(
    words: Sequence[str], listen: str, environment: dict[str, str], *, path: str = "/"
) -> Iterator[Server]:
    """`words` as a process until the end of the `with`; `listen` names its option for a port."""
    port = free_port()
    place = f"127.0.0.1:{port}" if listen == "--bind" else str(port)
    kept = {name: v for name, v in os.environ.items() if not name.startswith("MODERATION_")}
    process = subprocess.Popen(
        [*words, listen, place],
        env={**kept, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(psutil.Process(process.pid), port)
    try:
        _wait(server, process, path)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, process: "subprocess.Popen[bytes]", path: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            server.get(path)
            return
        time.sleep(0.05)
    raise SystemExit(f"{' '.join(map(str, process.args))} did not start.")  # type: ignore[arg-type]


def keep_answer(server: Server, path: str, file: Path) -> Path:
    """Write down what `server` answers, for the floor and the yardstick to give the same."""
    status, headers, body = server.get(path, **{"Accept-Encoding": "gzip"})
    if status != 200:
        raise SystemExit(f"{path} was answered with {status}.")
    file.write_bytes(body)
    own = {"server", "date", "connection"}
    kept = [(name, value) for name, value in headers.items() if name not in own]
    file.with_suffix(".json").write_text(json.dumps(kept))
    return file
