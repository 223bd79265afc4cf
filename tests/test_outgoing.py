"""Asking another server: in time whatever it does, and never led inside our own network."""

import socket
import threading
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from moderation import outgoing
from moderation.errors import Refused
from moderation.outgoing import Answer, NoAnswer
from tests.screening.remote.checker import answers, closes, drips, listening, sends

SHORT = 0.3


def ask(url: str, *, private: bool = True, within: float = 2.0, most: int = 1000) -> Answer:
    return outgoing.post(
        url, b'{"a": 1}', {"X-So": "yes"}, within=within, most=most, private=private
    )


def test_it_is_asked_and_answers() -> None:
    with listening(answers(201, b"fine")) as server:
        answer = ask(server.url)
    assert (answer.status, answer.body) == (201, b"fine")
    (asked,) = server.asked
    assert asked.path == "/check?from=comments"
    assert asked.body == b'{"a": 1}'
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"
    assert asked.headers["x-so"] == "yes"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with listening(answers(302, b"", "Location: http://127.0.0.1:1/")) as server:
        assert ask(server.url).status == 302
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (closes, "The connection broke"),
        (sends(b"what?\r\n\r\n"), "The connection broke"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"), "The connection broke"),
        (answers(200, b"x" * 1001), "longer than 1,000 bytes"),
        (sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000), "The connection broke"),
    ],
)
def test_what_is_no_answer_is_said_in_words(
    reply: Callable[[socket.socket], None], sentence: str
) -> None:
    with listening(reply) as server, pytest.raises(NoAnswer, match=sentence):
        ask(server.url)


@pytest.mark.parametrize(
    "dripped",
    [
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + b"x" * 10_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
    ],
)
def test_a_drip_of_bytes_holds_nobody_and_leaves_no_thread_behind(dripped: bytes) -> None:
    gone = threading.Event()
    with listening(drips(dripped, gone)) as server:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match=r"within 0\.3 seconds"):
            ask(server.url, within=SHORT, most=100_000)
        assert time.monotonic() - began < 3  # and not three minutes
        assert gone.wait(5), "the connection stays open"


def test_nobody_listens(free_port: int) -> None:
    with pytest.raises(NoAnswer, match="Nobody listens"):
        ask(f"http://127.0.0.1:{free_port}/")


def test_only_so_many_at_once(monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    monkeypatch.setattr(outgoing, "_places", threading.BoundedSemaphore(1))
    for _ in range(2):  # the place is given back, even by what failed
        with pytest.raises(NoAnswer, match="Nobody listens"):
            ask(f"http://127.0.0.1:{free_port}/")
    outgoing._places.acquire()
    with pytest.raises(NoAnswer, match="Too many questions"):
        ask(f"http://127.0.0.1:{free_port}/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::1",
    ],
)
def test_addresses_that_the_internet_does_not_route(address: str) -> None:
    assert not outgoing.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"]
)
def test_addresses_that_it_does(address: str) -> None:
    assert outgoing.is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://check.example/", "must begin with https://"),
        ("https://127.0.0.1/", "private network"),
        ("https://[::1]:8000/", "private network"),
        ("https://[::1", "no web address"),
        ("https://user:word@check.example/", "no web address"),
        ("https://check.example/#part", "no web address"),
        ("https://check.example:99999/", "no web address"),
        ("https://check.example/a b", "no web address"),
        ("https://prüfer.example/", "no web address"),
        ("https:///path", "no web address"),
        ("ftp://check.example/", "no web address"),
        ("javascript:alert(1)", "no web address"),
        ("https://check.example/" + "x" * 500, "no web address"),
    ],
)
def test_addresses_that_are_not_asked(url: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        outgoing.check_url(url, private=False)


def test_a_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(answers(200)) as server:
        inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
        outside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("9.9.9.9", server.port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [outside, inside])
        with pytest.raises(NoAnswer, match="private network"):
            ask(f"https://check.example:{server.port}/", private=False)
    assert server.asked == []


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that means something else a moment later leads nowhere else."""
    names: list[str] = []
    real = socket.getaddrinfo

    def looked_up(host: str, *rest: Any, **given: Any) -> Any:
        if host != "check.example":
            return real(host, *rest, **given)
        names.append(host)
        return real("127.0.0.1", *rest, **given)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with listening(answers(200, b"fine")) as server:
        assert ask(f"http://check.example:{server.port}/x").body == b"fine"
    assert names == ["check.example"]
    assert server.asked[0].headers["host"] == f"check.example:{server.port}"


def test_what_speaks_no_tls_is_not_believed() -> None:
    with listening(answers(200, b"fine")) as server, pytest.raises(NoAnswer):
        ask(f"https://127.0.0.1:{server.port}/", within=1)
