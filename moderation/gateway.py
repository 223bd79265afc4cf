"""Between the server and the application: a loop takes requests in, threads answer them.

A request reaches a thread when its body is there, so whoever sends slowly, or never to the end,
keeps nobody waiting. (granian's own WSGI reads the body in the thread, and waits for ever.) What
needs no rendering, a kept page, is answered by the loop itself: the way to a thread costs more.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import structlog
from flask import Flask
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian.rsgi import Scope

from moderation.reading import shared

IN_TIME = 20.0  # seconds for a body to arrive, and for a piece of a long answer to leave
PIECE = 256 * 1024  # bytes; an answer longer than this leaves in pieces, as it is made
PLAIN = [("content-type", "text/plain"), ("connection", "close")]

log = structlog.get_logger()

Headers = list[tuple[str, str]]


class Gateway:
    """An RSGI application that runs a WSGI application in threads."""

    def __init__(self, app: Flask, *, threads: int, quick: bool) -> None:
        """quick: the database answers a small question so soon that the loop may ask it."""
        self._app = app
        self._quick = quick
        self._longest_body: int = app.config["MAX_CONTENT_LENGTH"]
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._loop: asyncio.AbstractEventLoop

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The loop that every request comes in by."""
        self._loop = loop

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        try:
            answer = await self._answered(scope, protocol)
        except TimeoutError:
            answer = Answer(408, PLAIN, b"What was sent took too long to arrive.")
        except ProtocolClosed:
            return  # whoever asked has left
        except Exception:
            # the application shows its own errors; this is a broken one
            log.exception("request not answered")
            answer = Answer(500, PLAIN, b"Something broke on our side.")
        if answer is not None:
            protocol.response_bytes(answer.status, answer.headers, answer.body)

    async def _answered(self, scope: Scope, protocol: HTTPProtocol) -> "Answer | None":
        """The answer, or None if it has left already."""
        headers = scope.headers
        length, body = 0, b""
        if "content-length" in headers or "transfer-encoding" in headers:
            async with asyncio.timeout(IN_TIME):
                length, body = await self._body(headers.get("content-length", ""), protocol)
        elif self._quick and scope.path.startswith(shared.PATH):
            environ = environ_of(scope, 0, b"")
            answer = self._answer({**environ, shared.KEPT_ONLY: True}, protocol)
            if answer is None or answer.status != shared.NOT_KEPT:
                return answer
        return await self._loop.run_in_executor(
            self._threads, self._answer, environ_of(scope, length, body), protocol
        )

    async def _body(self, declared: str, protocol: HTTPProtocol) -> tuple[int, bytes]:
        """How long the body says it is, and the body, unless it is longer than may be."""
        if declared.isdecimal() and int(declared) > self._longest_body:
            return int(declared), b""
        body = bytearray()
        async for piece in protocol:
            body += piece
            if len(body) > self._longest_body:
                break
        return len(body), bytes(body)

    def _answer(self, environ: dict[str, Any], protocol: HTTPProtocol) -> "Answer | None":
        """The whole answer, or None if it was long and has left in pieces, from its thread."""
        answer = Answer()

        def start(status: str, headers: Headers, _error: object = None) -> Callable[..., Any]:
            answer.status = int(status[:3])
            answer.headers = [(name.lower(), value) for name, value in headers]
            return answer.write

        said = self._app(environ, start)
        try:
            pieces = iter(said)
            for piece in pieces:
                answer.write(piece)
                if len(answer.body) > PIECE:
                    self._stream(protocol, answer, pieces)
                    return None
        finally:
            if hasattr(said, "close"):
                said.close()
        return answer

    def _stream(self, protocol: HTTPProtocol, answer: "Answer", rest: Iterable[bytes]) -> None:
        """As fast as it is read; a reader who takes nothing for long is left."""

        async def opened() -> Any:
            return protocol.response_stream(answer.status, answer.headers)

        try:
            transport = self._on_loop(opened())
            for piece in chain([answer.body], rest):
                self._on_loop(transport.send_bytes(piece))
        except (ProtocolClosed, TimeoutError):
            log.info("the reader left")

    def _on_loop(self, step: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(IN_TIME)


@dataclass
class Answer:
    """What the application said, as far as it is here."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def write(self, piece: bytes) -> None:
        self.body += piece


def environ_of(scope: Scope, length: int, body: bytes) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333): text is bytes read as Latin-1."""
    name, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": name.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for header, value in scope.headers.items():
        # a name with "_" would pass for the one with "-" that only a proxy may send
        if "_" not in header:
            key = f"HTTP_{header.upper().replace('-', '_')}"
            separator = "; " if key == "HTTP_COOKIE" else ","
            environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(length)
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ
