"""What an installation keeps beside its database: the secret key, and letters without a server."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from flask import current_app


def letters() -> Iterator[tuple[str, bytes]]:
    """Name and content of each letter in the mail folder: there is no other copy of them."""
    for file in sorted(_folder().joinpath("mail").glob("*.eml")):
        yield file.name, file.read_bytes()


def put_back(secret_key: str, mail: Iterable[tuple[str, bytes]]) -> None:
    """Write both, with mode 600, each whole or not at all."""
    _write(_folder() / "secret_key", secret_key.encode("utf-8"))
    folder = _folder() / "mail"
    for name, letter in mail:
        folder.mkdir(mode=0o700, exist_ok=True)
        _write(folder / name, letter)


def has_other_key() -> bool:
    """Whether the settings name another secret key than there is in the instance folder."""
    file = _folder() / "secret_key"
    kept = file.read_text("utf-8").strip() if file.exists() else ""
    return str(current_app.config["SECRET_KEY"]) != kept


def _folder() -> Path:
    return Path(current_app.instance_path)


def _write(file: Path, content: bytes) -> None:
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(file)
