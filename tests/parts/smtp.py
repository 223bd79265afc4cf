"""A real SMTP server on 127.0.0.1: keeps what it is sent, can refuse, can ask for a password."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "desk", "only for tests"
ACCEPTED = "250 OK"


class AnyPort(Controller):
    """A server on a port that the machine chooses, which `port` then says."""

    def _trigger_server(self) -> None:
        if isinstance(self.server, asyncio.Server):
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Mailbox:
    """Where the tests' mail goes.  Listens from `with` to its end.

    refusal: an SMTP reply such as "451 Try later" given to every message, "" to accept again.
    unknown: addresses, each with the reply that its recipient gets, such as "550 No such user".
    """

    def __init__(self, *, needs_password: bool = False) -> None:
        self.needs_password = needs_password
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refusal = ""
        self.unknown: dict[str, str] = {}
        self._server = AnyPort(
            self,
            hostname="127.0.0.1",
            port=0,
            ready_timeout=10,
            authenticator=self._knows,
            auth_required=needs_password,
            auth_require_tls=False,
        )

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    @property
    def port(self) -> int:
        """The port it listens on, chosen by the machine."""
        return int(self._server.port)

    @property
    def url(self) -> str:
        """`smtp://127.0.0.1:port`, with user and password if it needs them."""
        who = f"{USER}:{PASSWORD.replace(' ', '%20')}@" if self.needs_password else ""
        return f"smtp://{who}127.0.0.1:{self.port}"

    def clear(self) -> None:
        """Forget what came, and accept from now on."""
        self.messages.clear()
        self.recipients.clear()
        self.refusal = ""
        self.unknown.clear()

    def to(self, address: str) -> list[EmailMessage]:
        """What was sent to that address, oldest first."""
        return [
            message
            for message, recipients in zip(self.messages, self.recipients, strict=True)
            if address in recipients
        ]

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take one recipient, as aiosmtpd asks."""
        if address in self.unknown:
            return self.unknown[address]
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one message, as aiosmtpd hands it over."""
        if self.refusal:
            return self.refusal
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        self.recipients.append(list(envelope.rcpt_tos))
        self.messages.append(message_from_bytes(raw, policy=policy.default))
        return ACCEPTED

    @staticmethod
    def _knows(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=data == known, handled=False)
