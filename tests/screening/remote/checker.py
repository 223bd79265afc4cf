"""A publisher's checker, on a socket of this machine: it answers as a test says."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Reply = Callable[[socket.socket], None]


@dataclass
class Asked:
    """One request, as it came in. headers: small names."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Checker:
    """port: where it listens. reply: what it does with a connection once it has read."""

    port: int
    reply: Reply
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/check?from=comments"


def says(*verdicts: dict[str, Any]) -> Reply:
    return answers(200, json.dumps({"verdicts": list(verdicts)}).encode())


def answers(status: int, body: bytes = b"", *headers: str) -> Reply:
    head = [f"HTTP/1.1 {status} So", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return sends("\r\n".join([*head, "", ""]).encode() + body)


def sends(content: bytes) -> Reply:
    """Whatever it is."""
    return lambda connection: connection.sendall(content)


def closes(connection: socket.socket) -> None:
    connection.close()


def drips(content: bytes, over: threading.Event) -> Reply:
    """A byte now and then, so that no single wait is long, until the other side has gone."""

    def drip(connection: socket.socket) -> None:
        try:
            for byte in content:
                connection.sendall(bytes([byte]))
                if over.wait(0.02):
                    return
        except OSError:
            over.set()

    return drip


@contextmanager
def listening(reply: Reply) -> Iterator[Checker]:
    """One connection at a time, until the end of the `with`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        checker = Checker(server.getsockname()[1], reply)
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, checker, over))
        thread.start()
        try:
            yield checker
        finally:
            over.set()
            thread.join()


def _serve(server: socket.socket, checker: Checker, over: threading.Event) -> None:
    while not over.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(5)
            try:
                checker.asked.append(_read(connection))
                checker.reply(connection)
            except (OSError, ValueError):
                continue  # the other side has gone


def _read(connection: socket.socket) -> Asked:
    with connection.makefile("rb") as stream:
        _method, path, _version = stream.readline().decode().split()
        headers = {}
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Asked(path, headers, stream.read(int(headers["content-length"])))


def signed_by(secret: str, asked: Asked) -> bool:
    """Whether a request is signed with our secret; written by the specification, not with our own
    code.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join(
        [
            asked.headers["webhook-id"].encode(),
            asked.headers["webhook-timestamp"].encode(),
            asked.body,
        ]
    )
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in asked.headers["webhook-signature"].split(" ")


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a later answer, by the specification too."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{id_}.{timestamp}.".encode() + body
    made = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{made}",
    }
