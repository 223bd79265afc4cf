"""`moderation serve` for real: one command starts the product, one signal ends it well."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from moderation import serve
from moderation.cli import main
from moderation.database import db
from moderation.errors import Refused
from moderation.sites.models import Site
from tests.conftest import make_app
from tests.parts.served import PATIENCE, Served, children_of, is_gone, served, until


def test_one_command_starts_the_product(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port) as server:
        assert server.get("/healthz") == "ok\n"
        assert "Comments" in server.get("/")
        until(lambda: "worker started" in server.said)
        server.process.send_signal(signal.SIGTERM)
        assert server.ended() == 0, server.said
        said = server.said.splitlines()
    assert f"Serving on http://127.0.0.1:{free_port}" in said
    events = [json.loads(line)["event"] for line in said if line.startswith("{")]
    assert events == ["worker started", "worker stopped"]

    app = make_app(tmp_path / "instance")
    with app.app_context():
        (site,) = db.session.scalars(select(Site))
        assert (site.slug, site.url) == ("main", f"http://127.0.0.1:{free_port}")
        db.session.rollback()
        db.engine.dispose()


def test_ctrl_c_ends_it_as_well(tmp_path: Path, free_port: int) -> None:
    """A terminal tells every process at once."""
    with served(tmp_path, free_port) as server:
        until(lambda: "worker started" in server.said)
        for process in (*server.children(), server.process):
            process.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert server.ended() == 0, server.said
        assert time.monotonic() - began < serve.PATIENCE / 2
        assert "Traceback" not in server.said
        assert server.said.count("worker started") == 1


def test_a_request_in_flight_is_finished(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port, WORKER="off") as server:
        database = sqlite3.connect(
            tmp_path / "instance" / "moderation.sqlite", isolation_level=None
        )
        database.execute("BEGIN IMMEDIATE")  # whoever writes now has to wait
        answers: list[int] = []
        asking = threading.Thread(target=lambda: answers.append(sign_in(server.port)))
        asking.start()
        time.sleep(1)
        for number in (signal.SIGTERM, signal.SIGINT):  # whoever stops us may tell all of us
            for process in (server.process, *server.children()):
                process.send_signal(number)
        time.sleep(1)
        assert not answers
        assert server.process.poll() is None
        database.execute("ROLLBACK")
        database.close()
        asking.join(PATIENCE)
        assert server.ended() == 0, server.said
    assert 400 <= answers[0] < 500


def sign_in(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    typed = urlencode({"email": "nobody@example.org", "password": "a long enough guess"})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", "/sign-in", typed, kind)
        return connection.getresponse().status
    finally:
        connection.close()


def test_everything_ends_with_a_parent_that_is_killed(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port) as server:
        until(lambda: "worker started" in server.said)
        children = children_of(server.process, all_=True)
        assert len(children) == 3, "one for requests, the worker, and its keeper"
        server.process.kill()
        server.ended()
        until(lambda: all(is_gone(child) for child in children))
    with pytest.raises(URLError):
        server.get("/healthz")


def test_a_worker_that_dies_is_started_again(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port) as server:
        until(lambda: "worker started" in server.said)
        worker = server.worker()
        assert worker is not None
        worker.kill()
        until(lambda: server.said.count("worker started") == 2)
        assert "worker ended, starting it again" in server.said
        assert server.get("/healthz") == "ok\n"


def test_a_keeper_that_dies_takes_the_worker_along(tmp_path: Path, free_port: int) -> None:
    """And is started again."""
    with served(tmp_path, free_port) as server:
        until(lambda: "worker started" in server.said)
        worker = server.worker()
        assert worker is not None
        worker.parent().kill()
        until(lambda: is_gone(worker))
        until(lambda: server.said.count("worker started") == 2)
        assert server.get("/healthz") == "ok\n"


def test_hang_up_renews_everything_and_loses_nothing(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port, "--workers", "2") as server:
        until(lambda: "worker started" in server.said)
        before = {child.pid for child in children_of(server.process, all_=True)}
        stop = threading.Event()
        answers: list[str] = []

        def ask() -> None:
            while not stop.is_set():
                answers.append(server.get("/healthz"))

        asking = [threading.Thread(target=ask) for _ in range(4)]
        for thread in asking:
            thread.start()
        (tmp_path / "instance" / "config.toml").write_text("TRUSTED_PROXIES = 1\n")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.said.count("worker started") == 2)
        until(lambda: len(before - {c.pid for c in children_of(server.process, all_=True)}) == 3)
        stop.set()
        for thread in asking:
            thread.join()
        proxy = {"X-Forwarded-Proto": "https"}
        asked = Request(f"http://127.0.0.1:{free_port}/policy", headers=proxy)
        with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            assert "Strict-Transport-Security" in answer.headers, "a proxy is trusted now"
    assert set(answers) == {"ok\n"}
    assert len(answers) > 50


def test_a_port_that_is_taken_is_told(tmp_path: Path, free_port: int) -> None:
    with served(tmp_path, free_port, WORKER="off"):
        other = tmp_path / "other"
        other.mkdir()
        with served(other, free_port) as second:
            assert second.ended() == 1
            assert f"port {free_port}" in second.said
            assert "Try another --port." in second.said


def test_settings_of_the_caller_reach_every_process(tmp_path: Path, free_port: int) -> None:
    """As `moderation demo` uses it."""
    script = (
        "from moderation import serve\n"
        "from moderation.app import create_app\n"
        "from moderation.installation import service as installation\n"
        "with create_app().app_context():\n"
        "    installation.prepare()\n"
        f"    serve.run({{'DEMO': True}}, host='127.0.0.1', port={free_port}, workers=2)\n"
    )
    environment = {
        **os.environ,
        "MODERATION_INSTANCE": str(tmp_path / "instance"),
        "MODERATION_WORKER": "off",
    }
    said = tmp_path / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", script], env=environment, stdout=output, stderr=output
        )
    server = Served(process, free_port, tmp_path)
    try:
        until(lambda: "Serving on" in server.said or process.poll() is not None)
        assert len(server.children()) == 2, server.said
        assert "<title>The demo" in server.get("/demo/mail")  # which only a demo has
    finally:
        process.terminate()
        assert server.ended() == 0, server.said


def test_a_database_of_ones_own_is_upgraded_by_its_owner(tmp_path: Path, free_port: int) -> None:
    app = make_app(tmp_path, f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    done = CliRunner().invoke(main, ["serve", "--port", str(free_port)], obj=app)
    assert done.exit_code == 1
    assert "Run `moderation db upgrade` first." in done.output


def test_a_weak_secret_is_not_served(tmp_path: Path, free_port: int) -> None:
    app = make_app(tmp_path, SECRET_KEY="short")
    done = CliRunner().invoke(main, ["serve", "--port", str(free_port)], obj=app)
    assert done.exit_code == 1
    assert "SECRET_KEY" in done.output


@pytest.mark.parametrize(
    ("setting", "url", "wanted"),
    [
        ("auto", "", True),
        ("auto", "sqlite:////tmp/x.sqlite", False),
        ("on", "sqlite:////tmp/x.sqlite", True),
        (True, "", True),
        ("off", "", False),
        (False, "", False),
    ],
)
def test_who_runs_the_worker(tmp_path: Path, setting: object, url: str, wanted: bool) -> None:
    app: Flask = make_app(tmp_path, url, WORKER=setting)
    assert serve.wants_worker(app) is wanted


def test_nonsense_about_the_worker_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="WORKER"):
        serve.wants_worker(make_app(tmp_path, WORKER="perhaps"))


def test_an_address_a_browser_can_open() -> None:
    assert serve.address("0.0.0.0", 80) == "http://127.0.0.1:80"  # noqa: S104
    assert serve.address("::", 8000) == "http://[::1]:8000"
    assert serve.address("comments.example", 8000) == "http://comments.example:8000"
