"""Mail servers that do not do what they say."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket, threading.Event], None]


@contextmanager
def server(talk: Talk) -> Iterator[tuple[str, list[int]]]:
    """(its SMTP_URL, a 1 for each connection so far); one connection at a time."""
    came: list[int] = []
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):
                    line, _ = listening.accept()
                    came.append(1)
                    with line:
                        line.settimeout(5)
                        talk(line, over)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{listening.getsockname()[1]}", came
        finally:
            over.set()
            thread.join()


def says_nothing(_line: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def says_nothing_of_sense(line: socket.socket, _over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")


def hangs_up(_line: socket.socket, _over: threading.Event) -> None:
    """Before a word."""


def drips(line: socket.socket, over: threading.Event) -> None:
    """A byte now and then, so that no single wait is long."""
    with suppress(OSError):
        while not over.wait(0.02):
            line.sendall(b"2")


def hangs_up_in_the_middle(line: socket.socket, _over: threading.Event) -> None:
    """Once the letter is on its way."""
    _receive(line)
    line.sendall(b"354 Go ahead\r\n")
    line.recv(10)


def takes_it_and_hangs_up(line: socket.socket, _over: threading.Event) -> None:
    """It says that it has it, and is gone before a goodbye; what it did with it nobody knows."""
    _receive(line)
    line.sendall(b"354 Go ahead\r\n")
    letter = b""
    while not letter.endswith(b"\r\n.\r\n"):
        letter += line.recv(1 << 16)
    line.sendall(b"250 I have it\r\n")


def takes_it_and_says_nothing(line: socket.socket, over: threading.Event) -> None:
    _receive(line)
    line.sendall(b"354 Go ahead\r\n")
    over.wait(30)


def _receive(line: socket.socket) -> None:
    """Until DATA."""
    line.sendall(b"220 liar\r\n")
    with line.makefile("rb") as said:
        while not said.readline().upper().startswith(b"DATA"):
            line.sendall(b"250 liar\r\n")
