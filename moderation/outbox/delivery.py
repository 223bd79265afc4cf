"""Send what is due: claim, commit, send, mark, commit; no transaction is open across the network.

At least once: whoever dies between sending and marking leaves a claim that lapses, and the message
goes out again under the same Message-ID. Any number of deliverers may run, and stop, at any time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import current_app

from moderation.database import db
from moderation.errors import ModerationError
from moderation.metrics import numbers
from moderation.outbox import mail, service
from moderation.outbox.models import Message

log = structlog.get_logger()


@dataclass
class Delivered:
    """What one run did."""

    sent: int = 0
    later: int = 0
    dead: int = 0

    def __str__(self) -> str:
        words = f"{self.sent} sent"
        words += f", {self.later} to be tried again" if self.later else ""
        return words + (f", {self.dead} given up" if self.dead else "")

    @property
    def tried(self) -> int:
        return self.sent + self.later + self.dead


def deliver(*, limit: int | None = None, keep_on: Callable[[], bool] = lambda: True) -> Delivered:
    """Send up to `limit` messages that are due, oldest first, as long as `keep_on()`. Commits.

    Raises mail.ServerDown when the server does not answer: everything not sent waits.
    """
    done = Delivered()
    if not _something_is_due():
        return done
    settings = current_app.config
    folder = Path(current_app.instance_path) / "mail"
    with mail.opened(settings["SMTP_URL"], sender=settings["MAIL_FROM"], folder=folder) as send:
        while (limit is None or done.tried < limit) and keep_on() and (message := _claim()):
            _send(message, send, done)
    return done


def _something_is_due() -> bool:
    due = service.something_is_due()
    db.session.rollback()
    return due


def _claim() -> Message | None:
    message = service.claim()
    db.session.commit()
    return message


def _send(message: Message, send: mail.Send, done: Delivered) -> None:
    try:
        send(message)
    except mail.Refused as error:
        done.dead += 1
        numbers.mail.labels("dead").inc()
        _note(message, service.dead, error)
    except mail.NotNow as error:
        done.later += 1
        numbers.mail.labels("later").inc()
        _note(message, service.failed, error)
    except mail.ServerDown as error:
        # perhaps this very message breaks the server: it steps back, so that others go first
        _note(message, service.failed, error)
        raise
    else:
        service.sent(message)
        db.session.commit()
        done.sent += 1
        numbers.mail.labels("sent").inc()


def _note(
    message: Message, verdict: Callable[[Message, str], None], error: ModerationError
) -> None:
    verdict(message, error.sentence)
    db.session.commit()
    log.warning("message not sent", message_id=message.id, why=error.sentence)
