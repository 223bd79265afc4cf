"""The files for operators are tried, as far as a machine without systemd and containers can."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from moderation import config
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from tests import factories
from tests.conftest import SETTINGS
from tests.outgrown.visitor import Answer, Visitor, reader
from tests.parts import packages, valkey
from tests.parts.served import served, until

DOCS = config.PROJECT / "docs"
UNITS = sorted((DOCS / "systemd").glob("*.service"))
PROGRAM = Path(sys.executable).with_name("moderation")


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is there on Linux only")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    analyze = packages.needed("systemd-analyze")
    text = unit.read_text(encoding="utf-8")
    ours = tmp_path / unit.name
    # the program and the user of this machine, so that systemd finds them
    text = text.replace("/opt/moderation/bin/moderation", str(PROGRAM))
    ours.write_text(re.sub("(User|Group)=moderation", r"\1=root", text), encoding="utf-8")

    seen = run(analyze, "verify", "--man=no", "--recursive-errors=no", str(ours))
    exposed = run(analyze, "security", "--offline=yes", "--threshold=25", str(ours))

    assert (seen.returncode, unit.name in seen.stderr) == (0, False), seen.stderr
    assert exposed.returncode == 0, exposed.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_units_start_commands_that_there_are(unit: Path) -> None:
    (started,) = re.findall(r"ExecStart=/opt/moderation/bin/(.+)", unit.read_text("utf-8"))
    name, command, *options = started.split()
    said = run(str(PROGRAM.with_name(name)), command, "--help")
    assert said.returncode == 0, said.stderr
    assert all(option in said.stdout for option in options if option.startswith("--"))


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_containers_steps_make_an_installation_that_serves(tmp_path: Path) -> None:
    """Its own commands, elsewhere: what needs another root than ours is left out."""
    lines = (DOCS / "Containerfile").read_text("utf-8").splitlines()
    home, build = tmp_path / "opt", tmp_path / "build"
    build.mkdir()
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    shutil.copy(config.PROJECT / "run.lock", build)
    hatch = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory")
    made = subprocess.run(
        (*hatch, str(build)), cwd=config.PROJECT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr

    def here(line: str) -> str:
        line = line.replace("/opt/moderation", str(home)).replace("/build", str(build))
        if uv is None:
            return line
        # takes what pip takes, and a tenth of the time
        by_uv = f"{uv} pip install --python {home}/bin/python"
        return line.replace(f"{home}/bin/pip install --no-cache-dir", by_uv)

    steps = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]
    done = [step for step in steps if "/opt/moderation" in step]
    assert [step.split()[0].rpartition("/")[2] for step in done] == ["python3", "pip", "pip"]
    assert all("apt-get" in step or "useradd" in step for step in steps if step not in done)
    for step in done:
        said = subprocess.run(
            ("sh", "-c", here(step)), capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert said.returncode == 0, f"{step}\n{said.stderr}"
    assert run(str(home / "bin" / "moderation"), "--version").returncode == 0


def test_the_containers_check_sees_a_healthy_and_a_dead_one(tmp_path: Path, free_port: int) -> None:
    (check,) = re.findall(
        r'^HEALTHCHECK .* CMD \[".*python", "-c", "(.*)"\]', text_of("Containerfile"), re.MULTILINE
    )
    asked = check.replace(":8000/", f":{free_port}/")
    with served(tmp_path, free_port, WORKER="off"):
        assert run(sys.executable, "-c", asked).returncode == 0
    assert run(sys.executable, "-c", asked).returncode != 0


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@contextmanager
def nginx(folder: Path, port: int, app_port: int) -> Iterator[None]:
    """The documented configuration on this machine: without certificates, on other ports."""
    program = packages.needed("nginx")
    text = text_of("proxy/nginx.conf")
    text = re.sub(r"\n *ssl_certificate[^\n]*", "", text)
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{app_port}")
    text = text.replace("/var/cache/nginx/moderation", str(folder / "cache"))
    places = "\n".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"user root;\ndaemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/errors;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}\n{text}\n}}\n"
    )
    file = folder / "nginx.conf"
    file.write_text(whole)
    with (folder / "errors").open("ab") as output:
        process = subprocess.Popen((program, "-c", str(file)), stdout=output, stderr=output)
    try:
        until(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "errors").read_text()
        yield
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    try:
        Visitor(port).get("/healthz")
    except OSError:
        return False
    return True


def test_nginx_keeps_threads_and_nothing_that_is_somebodys_own(
    app: Flask, tmp_path: Path, free_port: int
) -> None:
    with app.app_context():
        article = factories.article()
        comment = factories.comment("First words.", on=article)
        factories.report(comment)
        slug, comment_id = article.slug, comment.id
        who = factories.person().email
        db.session.commit()
    here, app_port = f"/articles/{slug}", free_port
    settings = {
        "DATABASE_URL": app.config["DATABASE_URL"],
        "SECRET_KEY": SETTINGS["SECRET_KEY"],
        "TRUSTED_PROXIES": "1",
        "CDN_SECONDS": "2",
        "WORKER": "off",
    }
    port = valkey.free_port()
    with served(tmp_path, app_port, **settings), nginx(tmp_path, port, app_port):
        nobody, somebody = reader(port), reader(port)
        factories.sign_in(somebody, who)
        assert cached(nobody.get(here)) == "MISS"
        assert cached(nobody.get(here, Cookie="_ga=1; other=2")) == "HIT"
        packed = nobody.get(here, **{"Accept-Encoding": "gzip, br"})
        assert packed.body.startswith(b"\x1f\x8b")

        own = somebody.get(here)
        assert cached(own) == "BYPASS"
        assert "Sign out" in own.text
        assert "Sign out" not in nobody.get(here).text

        with app.app_context():
            factories.decision(db.session.get_one(Comment, comment_id), Action.HIDE)
            db.session.commit()
        assert "First words." not in somebody.get(here).text
        # everybody else: after the stated seconds at the latest
        until(lambda: "First words." not in nobody.get(here).text, seconds=10)


def cached(answer: Answer) -> str:
    return answer.headers.get("X-Cache", "")
