"""Under a real `moderation serve`: all processes count as one, and a stop is told beforehand."""

import signal
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest

from tests.parts.served import Served, served, until
from tests.seeing.looking import Numbers, read, value

TOKEN = "only the newsroom may read these numbers"
REQUESTS = 60


def look(server: Served, token: str = "") -> Numbers:
    url = f"http://127.0.0.1:{server.port}/metrics"
    request = Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(request, timeout=60) as answer:  # noqa: S310 our own server
        return read(answer.read().decode())


def counted(server: Served) -> float:
    return value(look(server), "requests_total", route="/sign-in", status="2xx")


def web(server: Served) -> list[psutil.Process]:
    return [child for child in server.children() if "worker" not in child.cmdline()]


def who_counted(folder: Path) -> set[str]:
    """Processes by the files they have counted requests in."""
    files = (folder / "instance" / "metrics").glob("histogram_*.db")
    return {file.stem.rpartition("_")[2] for file in files if b"/sign-in" in file.read_bytes()}


def test_all_processes_add_up(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port, "--workers", "2") as server:
        until(lambda: "worker started" in server.said)
        for _ in range(REQUESTS):  # each on a connection of its own, so that both get some
            server.get("/sign-in")
        until(lambda: counted(server) == REQUESTS)
        until(lambda: value(look(server), "processes", kind="worker") == 1)
        found = look(server)
        assert value(found, "processes", kind="web") == 2
        assert value(found, "memory_bytes", kind="web") > 50_000_000
        assert value(found, "duty_last_success_timestamp_seconds", duty="seals") > time.time() - 60
        assert value(found, "request_seconds_count", route="/sign-in") == REQUESTS
        assert len(who_counted(tmp_path)) == 2, "one answered all: nothing was added up"

        gone = web(server)[0]
        gone.kill()
        gone.wait(60)
        until(lambda: len(web(server)) == 2 and value(look(server), "processes", kind="web") == 2)
        assert counted(server) == REQUESTS, "what the dead one counted stays"
        assert str(gone.pid) not in str(who_counted(tmp_path)), "in one file with other dead ones"
        server.process.send_signal(signal.SIGTERM)
        server.ended()

    left = tmp_path / "instance" / "metrics"
    assert left.stat().st_mode & 0o777 == 0o700
    with served(tmp_path, free_port, "--workers", "2") as server:
        assert counted(server) == 0
        until(lambda: value(look(server), "processes", kind="web") == 2)
        server.process.send_signal(signal.SIGTERM)
        server.ended()


def test_a_stop_is_told_before_it_happens(tmp_path: Path, free_port: int) -> None:
    with served(
        tmp_path, free_port, WORKER="off", DRAIN_SECONDS="4", METRICS_TOKEN=TOKEN
    ) as server:
        assert server.get("/readyz") == "ready\n"
        with pytest.raises(HTTPError, match="403"):
            look(server)
        assert value(look(server, TOKEN), "database_up") == 1
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        until(lambda: is_leaving(server))
        assert server.get("/healthz") == "ok\n", "requests are answered meanwhile"
        assert server.ended() == 0, server.said
        assert time.monotonic() - began >= 4
        assert list((tmp_path / "instance").glob("stopping*")) == []


def is_leaving(server: Served) -> bool:
    try:
        server.get("/readyz")
    except HTTPError as error:
        return error.code == 503 and error.read() == b"It is about to stop.\n"
    return False


def test_told_twice_it_stops_at_once(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port, WORKER="off", DRAIN_SECONDS="300") as server:
        server.process.send_signal(signal.SIGTERM)
        until(lambda: is_leaving(server))
        server.process.send_signal(signal.SIGTERM)
        assert server.ended() == 0, server.said
