"""Put one message on its way: to an SMTP server, or into a private folder when there is none.

A way is opened once and takes many messages. It answers with an exception or not at all:
`Refused` (never as it is), `NotNow` (later), `ServerDown` (nobody's message goes now). Their texts
may name the server, never a recipient.
"""

import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Self
from unicodedata import category
from urllib.parse import unquote, urlsplit

from moderation import errors
from moderation.outbox.models import Message

TIMEOUT = 10.0  # seconds for each answer of the server, from its first byte to its last
CLOSING = 421  # "service not available, closing": about the server, not about a message
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
# whatever a server on the way understands: no line of more than seven bits
PLAIN = SMTP.clone(cte_type="7bit")

ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")

Send = Callable[[Message], None]


class Refused(errors.ModerationError):
    """This message will never be taken as it is."""


class NotNow(errors.ModerationError):
    """This message may be taken later."""


class ServerDown(errors.ModerationError):
    """The server does not answer, or not to us."""


@contextmanager
def opened(url: str, *, sender: str, folder: Path) -> Iterator[Send]:
    """The way that the settings name. Raises ServerDown if it cannot be opened."""
    if not url:
        yield lambda message: _keep(written(message, sender=sender), folder, message.id)
        return
    server = Server.named(url)
    with _connected(server, own_name=_domain(sender)) as connection:
        yield lambda message: _send(connection, written(message, sender=sender))


@dataclass(frozen=True)
class Server:
    """What SMTP_URL says."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str

    @classmethod
    def named(cls, url: str) -> Self:
        """smtp://[user:password@]host[:port], or smtps:// for TLS from the first byte on."""
        sentence = "SMTP_URL is not like smtp://user:password@mail.example:587; smtps:// works too."
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            raise errors.Refused(sentence) from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise errors.Refused(sentence)
        usual = 465 if parts.scheme == "smtps" else (587 if parts.username else 25)
        return cls(
            host=parts.hostname,
            port=port or usual,
            encrypted=parts.scheme == "smtps",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def written(message: Message, *, sender: str) -> EmailMessage:
    """`message` as e-mail. The same row gives the same Message-ID, so that repeats are known.

    Raises Refused if mail cannot be sent to its address.
    """
    name, address = parseaddr(sender)
    letter = EmailMessage(policy=PLAIN)
    letter["From"] = Address(display_name=name, addr_spec=address)
    letter["To"] = _address(message.to)
    letter["Subject"] = _one_line(message.subject)
    letter["Date"] = format_datetime(message.created_at)
    letter["Message-ID"] = f"<{message.id}@{_domain(sender)}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.body.encode("utf-8", "replace").decode("utf-8"))
    return letter


def _address(text: str) -> Address:
    """The one address in `text`; domains with other letters in their ASCII form."""
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except ValueError:
        ascii_domain = ""
    if not local or not ascii_domain or text != _one_line(text):
        raise Refused("The address is not one that mail can be sent to.")
    return Address(username=local, domain=ascii_domain)


def _one_line(text: str) -> str:
    """Without line breaks and other control characters: a header ends where we end it."""
    control = ("Cc", "Cs", "Zl", "Zp")
    return " ".join("".join(" " if category(c) in control else c for c in text).split())


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _keep(letter: EmailMessage, folder: Path, number: int) -> None:
    """Into the folder, whole or not at all, for the owner's eyes only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    unfinished = folder / f".{number}.{os.getpid()}"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(letter.as_bytes(policy=PLAIN.clone(utf8=True)))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / f"{number}.eml")


class _Plain(smtplib.SMTP):
    """Whoever answers a byte now and then outlasts every timeout of a socket, but not this."""

    def getreply(self) -> tuple[int, bytes]:
        with _cut_off_in_time(self):
            return super().getreply()


class _Encrypted(smtplib.SMTP_SSL):
    """The same, with TLS from the first byte on."""

    def getreply(self) -> tuple[int, bytes]:
        with _cut_off_in_time(self):
            return super().getreply()


@contextmanager
def _cut_off_in_time(connection: smtplib.SMTP) -> Iterator[None]:
    def cut() -> None:
        with suppress(OSError, AttributeError):  # it is gone already
            connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    timer = threading.Timer(TIMEOUT, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _connected(server: Server, *, own_name: str) -> Iterator[smtplib.SMTP]:
    try:
        connection = _connect(server, own_name)
    except smtplib.SMTPResponseException as error:
        raise ServerDown(f"{server} does not let us in: {_reply(error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ServerDown(f"{server} does not answer: {error}") from error
    try:
        yield connection
    finally:
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()


def _connect(server: Server, own_name: str) -> smtplib.SMTP:
    """Connected, encrypted if the server offers it, and signed in if we have a name there."""
    trust = ssl.create_default_context()
    if server.encrypted:
        connection: smtplib.SMTP = _Encrypted(
            server.host, server.port, own_name, timeout=TIMEOUT, context=trust
        )
    else:
        connection = _Plain(server.host, server.port, own_name, timeout=TIMEOUT)
    try:
        connection.ehlo_or_helo_if_needed()
        if not server.encrypted:
            _encrypt(connection, server, trust)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _encrypt(connection: smtplib.SMTP, server: Server, trust: ssl.SSLContext) -> None:
    """STARTTLS where there is one; a password crosses a network only encrypted."""
    if connection.has_extn("starttls"):
        if not server.user:
            # nothing secret but the mail itself: better hidden from a stranger than from nobody
            trust.check_hostname = False
            trust.verify_mode = ssl.CERT_NONE
        connection.starttls(context=trust)
        connection.ehlo()
    elif server.user and server.host not in THIS_MACHINE:
        raise smtplib.SMTPException(
            "it offers no encryption, and the password is not sent without; try smtps://"
        )


def _send(connection: smtplib.SMTP, letter: EmailMessage) -> None:
    try:
        connection.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        raise _verdict(code, _reply(smtplib.SMTPResponseException(code, reply))) from error
    except smtplib.SMTPSenderRefused as error:
        raise ServerDown(f"We may not send from our address: {_reply(error)}") from error
    except smtplib.SMTPResponseException as error:
        raise _verdict(error.smtp_code, _reply(error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("The mail server takes no address with letters beyond ASCII.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ServerDown(f"The connection broke: {type(error).__name__}") from error


def _verdict(code: int, reply: str) -> errors.ModerationError:
    """What the server's answer to one message means for it."""
    if code == CLOSING:
        return ServerDown(reply)
    return Refused(reply) if code >= 500 else NotNow(reply)


def _reply(error: smtplib.SMTPResponseException) -> str:
    """The server's answer on one line, without anybody's address."""
    said = error.smtp_error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{error.smtp_code} {ADDRESS.sub('(address)', _one_line(text))}"[:300]
