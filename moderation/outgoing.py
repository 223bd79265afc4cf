"""Ask another server: within a time that holds whatever it does, and never led into our own
network. No redirects, no proxies, no retries.
"""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from moderation.errors import ModerationError, Refused

LONGEST_URL = 500
AT_ONCE = 8  # requests of one process; whoever comes after them is told to go without
# IPv4 addresses that IPv6 has by another name
NAT64 = ip_network("64:ff9b::/96")

Address = IPv4Address | IPv6Address

_places = threading.BoundedSemaphore(AT_ONCE)


class NoAnswer(ModerationError):
    """There is no answer; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """seconds: from the question to the last byte."""

    status: int
    body: bytes
    seconds: float


def check_url(url: str, *, private: bool) -> None:
    """Raises Refused for an address that we would not ask. private: as `post` takes it."""
    parts = _parts(url)
    if parts is None or len(url) > LONGEST_URL or parts.username is not None:
        raise Refused("This is no web address. Write one such as https://check.example/comments.")
    if parts.scheme != "https" and not private:
        raise Refused("The address must begin with https://, so that nobody reads along.")
    with suppress(ValueError):  # a name: it is looked up when it is asked
        if not private and not is_public(ip_address(parts.hostname or "")):
            raise Refused("This address lies in a private network, which is not asked from here.")


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, within: float, most: int, private: bool
) -> Answer:
    """What the server says, whatever its status. Raises NoAnswer.

    within: seconds for all of it, from the look-up of its name on. most: bytes of an answer.
    private: whether plain http and addresses that the internet does not route are asked too.
    """
    check_url(url, private=private)
    if not _places.acquire(blocking=False):
        raise NoAnswer("Too many questions wait for an answer already.")
    call = _Call(url, body, headers, within=within, most=most, private=private)
    # a name server or a slow drip of bytes can outlast every timeout of a socket
    thread = threading.Thread(target=call.run, name="outgoing", daemon=True)
    thread.start()
    thread.join(within)
    if thread.is_alive():
        call.give_up()
        raise NoAnswer(f"It did not answer within {within:g} seconds.")
    if call.answer is None:
        raise NoAnswer(call.failure)
    return call.answer


def is_public(address: Address) -> bool:
    """Whether the internet routes it; an IPv4 address inside of an IPv6 one is looked at itself."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
        if address.teredo or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


class _Call:
    """One question, in a thread of its own."""

    def __init__(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        within: float,
        most: int,
        private: bool,
    ) -> None:
        self.url, self.body, self.headers = url, body, headers
        self.within, self.most, self.private = within, most, private
        self.answer: Answer | None = None
        self.failure = "It could not be asked."
        self._connection: HTTPConnection | None = None
        self._is_over = False

    def run(self) -> None:
        try:
            self.answer = self._asked()
        except NoAnswer as error:
            self.failure = error.sentence
        except ssl.SSLCertVerificationError:
            self.failure = "Its certificate is not valid for this address."
        except TimeoutError:
            self.failure = f"It did not answer within {self.within:g} seconds."
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            self.failure = _in_words(error)
        finally:
            if self._connection is not None:
                self._connection.close()
            _places.release()

    def give_up(self) -> None:
        """Whoever drips bytes does not keep the thread."""
        self._is_over = True
        sock = self._connection.sock if self._connection is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _asked(self) -> Answer:
        began = time.monotonic()
        parts = urlsplit(self.url)
        self._connection = connection = self._connected_to(parts)
        connection.connect()
        if self._is_over:
            raise NoAnswer(self.failure)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "POST",
            target,
            body=self.body,
            headers={"Host": parts.netloc, "Accept-Encoding": "identity", **self.headers},
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        body = response.read(self.most + 1)
        body += response.read(1)  # at the end it is noticed if something is missing
        if len(body) > self.most:
            raise NoAnswer(f"Its answer is longer than {self.most:,} bytes.")
        return Answer(response.status, body, time.monotonic() - began)

    def _connected_to(self, parts: SplitResult) -> HTTPConnection:
        """To the very address that was looked at: the name is not looked up a second time."""
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = _resolved(host, port, private=self.private)
        if parts.scheme == "http":
            return HTTPConnection(address, port, timeout=self.within)
        return HTTPSConnection(
            address, port, timeout=self.within, ssl_context=_tls(), server_hostname=host
        )


def _resolved(host: str, port: int, *, private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise NoAnswer(f"There is no server called {host}.") from None
    addresses = [str(where[0]) for *_, where in found]
    if not private and not all(is_public(ip_address(one)) for one in addresses):
        raise NoAnswer(f"{host} lies in a private network, which is not asked from here.")
    return addresses[0]


def _parts(url: str) -> SplitResult | None:
    if not (url.isascii() and url.isprintable()) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return None
    fits = parts.scheme in {"http", "https"} and parts.hostname and not parts.fragment
    return parts if fits and has_port else None


def _in_words(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError) or "refused" in str(error):
        return "Nobody listens at this address."
    return "The connection broke before there was an answer."


@cache
def _tls() -> ssl.SSLContext:
    """Made once: to read the certificates of all authorities takes longer than to ask."""
    return ssl.create_default_context()
