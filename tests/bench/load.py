"""A load over real connections: wrk where it can be had, else a small one of our own."""

import selectors
import shutil
import socket
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tests.bench.stopwatch import percentile
from tests.parts import packages

SCRIPT = Path(__file__).with_name("load.lua")
PATIENCE = 10  # seconds that an answer may take


@dataclass(frozen=True)
class Load:
    """How it went. done: answers in `seconds`; wrong: those with a status of 400 and more, or none.

    p50, p95, p99: of an answer's time, in ms.
    """

    done: int
    seconds: float
    wrong: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second that are no errors."""
        return (self.done - self.wrong) / self.seconds


def prepare() -> str:
    """Install wrk if that may be done here; the name of what will send the load."""
    if not shutil.which("wrk") and packages.may_install():
        print("Installing wrk by apt.")
        packages.install(["wrk"])
    return "wrk" if shutil.which("wrk") else "our own load generator (there is no wrk)"


def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    pause: int = 0,
) -> Load:
    """Send `requests` in turn, again and again, over so many connections at once.

    pause: ms, on average, between an answer and the connection's next request.
    """
    if shutil.which("wrk"):
        return _wrk(port, requests, connections=connections, seconds=seconds, pause=pause)
    return _own(port, requests, connections=connections, seconds=seconds, pause=pause)


def once(port: int, request: bytes) -> str:
    """One request, and the body of its answer; so is whatever is made by the first who asks made.

    The body has to be text; an error is no answer.
    """
    connection = _Connection(port, iter([request]))
    connection.send()
    connection.socket.settimeout(6 * PATIENCE)
    while (status := connection.receive()) is None:
        pass
    connection.close()
    if not 200 <= status < 400:
        raise SystemExit(f"{request.splitlines()[0]!r} was answered with {status}.")
    return connection.body.decode("utf-8", "replace")


def get(path: str, **headers: str) -> bytes:
    """As a browser asks. headers: underscores become hyphens."""
    named = {"Host": "localhost", "Accept-Encoding": "gzip", **headers}
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items()]
    return f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


def _wrk(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, pause: int
) -> Load:
    # wrk counts whole seconds, so the end is ours: asked to stop it says how far it came
    with tempfile.NamedTemporaryFile() as file:
        file.writelines(b"%d\n%s" % (len(request), request) for request in requests)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", "-d60m", f"--timeout={PATIENCE}s"]
        command += [f"-s{SCRIPT}", f"http://127.0.0.1:{port}/", "--", file.name, str(pause)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            time.sleep(seconds)
            process.send_signal(2)
            said, _ = process.communicate(timeout=4 * PATIENCE)
    result = next((line for line in said.splitlines() if line.startswith("RESULT")), None)
    if result is None:
        raise SystemExit(f"wrk did not say how it went: {said}")
    done, took, wrong, *times = map(int, result.split()[1:])
    return Load(done, took / 1e6, wrong, *(time_ / 1000 for time_ in times))


class _Connection:
    """One socket that sends, waits for the whole answer, and sends again."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self._port = port
        self._requests = requests
        self._got = b""
        self._is_open = False
        self.began = 0.0

    def send(self) -> None:
        if not self._is_open:
            self.socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._is_open = True
        self._got = b""
        self.began = time.perf_counter()
        self.socket.sendall(next(self._requests))

    @property
    def body(self) -> bytes:
        return self._got.partition(b"\r\n\r\n")[2]

    def receive(self) -> int | None:
        """The status once the answer is complete; 0 if the other side hung up before."""
        fresh = self.socket.recv(1 << 18)
        if not fresh:
            self.close()
            return 0
        self._got += fresh
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self._got[:end].lower()
        status = int(head[9:12])
        length = 0 if status == 304 else int(_value(head, b"content-length"))
        if len(self._got) < end + 4 + length:
            return None
        if head.startswith(b"http/1.0") or b"close" in _value(head, b"connection"):
            self.close()
        return status

    def close(self) -> None:
        if self._is_open:
            self.socket.close()
        self._is_open = False


def _value(head: bytes, name: bytes) -> bytes:
    return head.partition(b"\r\n" + name + b":")[2].partition(b"\r\n")[0].strip() or b"0"


def _own(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, pause: int
) -> Load:
    waiting, turn = selectors.DefaultSelector(), cycle(requests)
    began = time.perf_counter()
    resting = deque((began, _Connection(port, turn)) for _ in range(connections))
    took: list[float] = []
    wrong = 0
    while (now := time.perf_counter()) < began + seconds:
        while resting and resting[0][0] <= now:
            _, one = resting.popleft()
            one.send()
            waiting.register(one.socket, selectors.EVENT_READ, one)
        for key, _ in waiting.select(0.001 if resting else 0.1):
            one = key.data
            status = one.receive()
            if status is None:
                continue
            waiting.unregister(key.fileobj)
            took.append((time.perf_counter() - one.began) * 1000)
            wrong += not 200 <= status < 400
            resting.append((time.perf_counter() + pause / 1000, one))
    lasted = time.perf_counter() - began
    for key in list(waiting.get_map().values()):
        key.data.close()
    for _, one in resting:
        one.close()
    waiting.close()
    return Load(len(took), lasted, wrong, *(percentile(took, part) for part in (0.5, 0.95, 0.99)))
