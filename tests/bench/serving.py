"""A server of its own and a small load, over real connections."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context

CONNECTIONS = 4


@contextmanager
def granian(target: str, *options: str, **environment: str) -> Iterator[int]:
    """Serve a WSGI target with one worker; yields the port."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", *options, "--no-access-log",
         "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "2",
         target],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("The server did not start within 15 seconds.")


def ask(port: int, path: str, seconds: float) -> list[float]:
    """One connection, one request after the other; the time each took, in seconds."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    took = []
    with socket.create_connection(("127.0.0.1", port), 15) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            connection.sendall(request)
            _read(connection)
            took.append(time.perf_counter() - began)
    return took


def _read(connection: socket.socket) -> None:
    """One answer with a length."""
    got = connection.recv(1 << 18)
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += connection.recv(1 << 18)
    head = got[:end].lower()
    if not head.startswith(b"http/1.1 200"):
        raise SystemExit(f"The server answered {head[:40].decode()}.")
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    left = end + 4 + length - len(got)
    while left > 0:
        left -= len(connection.recv(1 << 18))


def p50(port: int, path: str, seconds: float) -> float:
    """Microseconds at one connection."""
    return statistics.median(ask(port, path, seconds)) * 1e6


def rate(port: int, path: str, seconds: float) -> float:
    """Requests a second at CONNECTIONS connections, a process each."""
    with get_context("spawn").Pool(CONNECTIONS) as pool:
        pool.starmap(ask, [(port, path, 0.1)] * CONNECTIONS)
        done = pool.starmap(ask, [(port, path, seconds)] * CONNECTIONS)
    return sum(map(len, done)) / seconds
