"""The house itself: what lies where, how big it may be, and that its wheel works elsewhere."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.parts.valkey import free_port

ROOT = Path(__file__).parents[1]
TOP = re.compile(
    r"pyproject\.toml|Makefile|README\.md|CHANGELOG\.md|LICENSE|[a-z]+\.lock|\..+"
    r"|moderation|templates|instance|tests|docs"
)
BYTES = 600_000
MODULE_LINES = 300
TEMPLATE_LINES = 120
START = 20.0  # seconds


def tracked() -> list[Path]:
    """What git has or would take, relative to the top."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    return [name for name in names if (ROOT / name).is_file()]


def lines(name: Path) -> int:
    return len((ROOT / name).read_text(encoding="utf-8").splitlines())


def test_the_top_holds_only_what_has_a_place() -> None:
    assert {name.parts[0] for name in tracked() if not TOP.fullmatch(name.parts[0])} == set()
    assert [str(name) for name in tracked() if name.parts[0] == "instance"] == [
        "instance/.gitignore"
    ]


def test_no_file_is_too_big() -> None:
    assert [str(name) for name in tracked() if (ROOT / name).stat().st_size > BYTES] == []


def test_modules_and_templates_stay_short() -> None:
    modules = [name for name in tracked() if name.suffix == ".py" and "versions" not in name.parts]
    templates = [name for name in tracked() if name.parts[0] == "templates"]
    too_long = [name for name in modules if lines(name) > MODULE_LINES]
    too_long += [name for name in templates if lines(name) > TEMPLATE_LINES]
    assert [f"{name}: {lines(name)} lines" for name in too_long] == []


def test_lock_files_name_hashes_and_no_place() -> None:
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, f"{lock.name} names an index"
        pins = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE)
        assert pins
        assert [pin for pin in pins if "==" not in pin or not pin.endswith("\\")] == []


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment `venv` that holds the run lock and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("elsewhere")
    source = folder / "source"
    for name in tracked():  # a copy, so that building leaves nothing in the tree
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    python = folder / "venv" / "bin" / "python"
    hatch = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory")
    command((*hatch, str(folder / "dist")), cwd=source)
    command((sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")), cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    install(python, "--require-hashes", "-r", str(ROOT / "run.lock"))
    install(python, "--no-deps", str(wheel))
    shutil.rmtree(source)
    return folder


def install(python: Path, *what: str) -> None:
    """Install into another environment, by uv or else by pip."""
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    by = (uv, "pip", "install", "--quiet") if uv else (sys.executable, "-m", "pip", "-q")
    where = ("--python", str(python))
    command((*by, *where, *what) if uv else (*by, *where, "install", *what), cwd=python.parent)


def command(words: tuple[str, ...], *, cwd: Path) -> str:
    """Run to the end; its words are the failure's if it fails."""
    done = subprocess.run(
        words, cwd=cwd, env=environment(cwd), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """Ours, without what would lead back to this repository or to other settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MODERATION_", "PYTHON", "PYTEST", "VIRTUAL_ENV"))
    }
    return {**kept, "MODERATION_INSTANCE": str(folder / "instance")}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """`moderation serve` from the environment in the folder; yields its address."""
    port = free_port()
    program = str(folder / "venv" / "bin" / "moderation")
    log = folder / "serve.log"
    with log.open("wb") as output:
        words = (program, "serve", "--host", "127.0.0.1", "--port", str(port))
        server = subprocess.Popen(
            words, cwd=folder, env=environment(folder), stdout=output, stderr=output
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the address answers; fails with the server's own words if it does not."""
    end = time.monotonic() + START
    while True:
        try:
            with urlopen(url, timeout=5):  # noqa: S310 our own server
                return
        except URLError as error:
            if server.poll() is not None or time.monotonic() > end:
                pytest.fail(f"{url}: {error}. The server said:\n{log.read_text(errors='replace')}")
            time.sleep(0.1)


def test_the_wheel_serves_in_an_empty_environment(elsewhere: Path) -> None:
    moderation = str(elsewhere / "venv" / "bin" / "moderation")
    command((moderation, "db", "upgrade"), cwd=elsewhere)
    command((moderation, "db", "upgrade"), cwd=elsewhere)  # a second time changes nothing

    with served(elsewhere) as url:
        for path in ("/healthz", "/", "/static/js/desk.js"):
            with urlopen(url + path, timeout=10) as answer:  # noqa: S310 our own server
                assert answer.status == 200
                assert answer.read()


def test_the_wheel_brings_templates_and_migrations(elsewhere: Path) -> None:
    (package,) = (elsewhere / "venv").glob("lib/python*/site-packages/moderation")
    for folder, kind in (
        ("templates", "*.html"),
        ("migrations/versions", "*.py"),
        ("static", "*.css"),
    ):
        ours = {
            path.relative_to(ROOT)
            for path in (ROOT / ("" if folder == "templates" else "moderation") / folder).rglob(
                kind
            )
        }
        assert ours
        assert len(list((package / folder).rglob(kind))) == len(ours)
