"""Other people's programs, each in an environment of its own below `.venv`; Isso with our data."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.bench import seed, serving
from tests.bench.serving import Server

ENVIRONMENTS = Path(sys.prefix) / "peers"
HERE = Path(__file__).parent
ISSO = ("isso==0.14.0", "gunicorn==27.0.1")
FLASK = ("flask==3.1.3", "gunicorn==27.0.1")
CONFIGURATION = """[general]
dbpath = {database}
host = http://localhost/
[server]
trusted-proxies = 127.0.0.1
[guard]
enabled = false
"""


def environment(name: str, packages: tuple[str, ...]) -> Path:
    """The `bin` folder of an environment that holds just these."""
    folder = ENVIRONMENTS / name
    done = folder / "holds"
    wanted = "\n".join(packages)
    if not done.exists() or done.read_text() != wanted:
        print(f"Installing {', '.join(packages)} into an environment of their own.")
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", str(folder)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
        subprocess.run([*install, *packages], check=True)
        done.write_text(wanted)
    return folder / "bin"


@contextmanager
def plain_flask(answer: Path) -> Iterator[Server]:
    """A Flask view with the same bytes."""
    program = environment("flask", FLASK) / "gunicorn"
    where = {"BENCH_ANSWER": str(answer), "PYTHONPATH": str(HERE)}
    with serving.gunicorn(program, "plain_flask:application", **where) as server:
        yield server


@contextmanager
def isso(folder: Path, threads: dict[str, int]) -> Iterator[Server]:
    """Isso as it comes, its guard off. threads: how many comments each address has."""
    program = environment("isso", ISSO) / "gunicorn"
    folder.mkdir()
    settings = folder / "isso.cfg"
    settings.write_text(CONFIGURATION.format(database=folder / "comments.db"))
    with serving.gunicorn(program, "isso.run", ISSO_SETTINGS=str(settings)) as server:
        _fill(folder / "comments.db", threads)
        yield server


def _fill(database: Path, threads: dict[str, int]) -> None:
    """The same words under the same addresses, in the tables that Isso has made."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for number, (address, count) in enumerate(threads.items(), start=1):
            connection.execute(
                "INSERT INTO threads (id, uri, title) VALUES (?, ?, ?)", (number, address, address)
            )
            rows = [
                (number, 1.7e9 + place, 1, "127.0.0.0", seed.BODY, f"Person {place % 50}", b"\0")
                for place in range(count)
            ]
            connection.executemany(
                "INSERT INTO comments (tid, created, mode, remote_addr, text, author, voters) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
