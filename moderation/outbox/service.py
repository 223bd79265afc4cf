"""Post a message with the change it tells of; claim the next; write down how it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import delete, or_, select, update

from moderation import clock, database
from moderation.database import db
from moderation.outbox import queries
from moderation.outbox.models import Message

GIVE_UP_AFTER = 12  # attempts, about three days
BETWEEN_CLOCKS = timedelta(minutes=1)  # more than hosts' differ
LATE = timedelta(minutes=15)
# letters that were tried: one or two are somebody's full mailbox and no trouble of the server's
MANY = 3


@dataclass(frozen=True)
class Late:
    """Letters that should be gone. count: at most COUNTED + 1. since: the oldest was written."""

    count: int
    since: datetime

    @property
    def many(self) -> str:
        """Such as "41 letters wait"."""
        if self.count == 1:
            return "1 letter waits"
        more = self.count > queries.COUNTED
        return f"{'more than ' if more else ''}{min(self.count, queries.COUNTED):,} letters wait"


@dataclass(frozen=True)
class Sending:
    """One letter to an address. facts: all that its template needs, such as `site`."""

    to: str
    key: str
    facts: dict[str, Any]


def post(
    letter: str,
    *,
    to: str,
    key: str,
    about: str = "",
    grace: timedelta = timedelta(),
    **facts: Any,
) -> bool:
    """Have `letter` sent to an address once, after `grace`. False if `key` was posted before.

    letter: a template in `templates/mail`, its first line "Subject: …"; facts: all it needs, such
    as `site`: a letter reads the same whoever's request or command posted it.
    """
    return post_all(letter, [Sending(to, key, facts)], about=about, grace=grace) == 1


def post_all(
    letter: str, sendings: Iterable[Sending], *, about: str = "", grace: timedelta = timedelta()
) -> int:
    """The same to several; how many were not posted before."""
    template = current_app.jinja_env.get_template(f"mail/{letter}.txt")
    not_before = clock.now() + grace
    written = []
    for one in sendings:
        subject, body = template.render(**one.facts).split("\n", 1)
        written.append(
            {
                "key": one.key,
                "about": about,
                "to": one.to,
                "subject": subject.removeprefix("Subject: ").strip(),
                "body": body.strip() + "\n",
                "not_before": not_before,
            }
        )
    if not written:
        return 0
    posted = db.session.connection().execute(queries.new(db.engine.dialect.name), written)
    return cast("Any", posted).rowcount or 0


def cancel(about: str) -> list[str]:
    """Take back what is still unsent; the keys of what was sent, or is being sent right now."""
    now = clock.now()
    db.session.execute(
        delete(Message).where(
            Message.about == about, Message.sent_at.is_(None), queries.is_free(now)
        )
    )
    return list(db.session.scalars(select(Message.key).where(Message.about == about)))


def something_is_due() -> bool:
    """Whether `claim` would find one; takes no write lock. The caller ends the transaction."""
    with database.only_reading():
        return db.session.scalar(queries.due(clock.now())) is not None


def late(now: datetime) -> Late | None:
    """What has waited for a quarter of an hour, if it is not only for a few readers' sake."""
    count, untried, since = db.session.execute(queries.late(now - LATE)).one()
    return Late(count, since) if untried or count >= MANY else None


def claim() -> Message | None:
    """The oldest message due, ours for two minutes; None if there is none.

    Commit before sending. The row comes detached, so that looking at it opens no transaction.
    """
    now = clock.now()
    message_id = db.session.scalar(queries.due(now).with_for_update(skip_locked=True))
    if message_id is None:
        return None
    claimed = db.session.scalar(
        update(Message)
        .where(Message.id == message_id, *queries.is_due(now))
        .values(claimed_until=now + queries.CLAIM, attempts=Message.attempts + 1)
        .returning(Message)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    if claimed is not None:
        db.session.expunge(claimed)
    return claimed


def sent(message: Message) -> None:
    """It has left the house; nothing of its text is kept."""
    db.session.execute(
        update(Message)
        .where(Message.id == message.id, Message.sent_at.is_(None))
        .values(sent_at=clock.now(), dead_at=None, subject="", body="", last_error="")
        .execution_options(synchronize_session=False)
    )


def failed(message: Message, why: str) -> None:
    """Try again later: after 1, 2, 4 … minutes, at most 12 hours apart, and not for ever."""
    if message.attempts >= GIVE_UP_AFTER:
        return dead(message, why)
    pause = min(timedelta(minutes=2 ** (message.attempts - 1)), queries.LONGEST_PAUSE)
    return _give_back(message, last_error=why, not_before=clock.now() + pause)


def dead(message: Message, why: str) -> None:
    """It will never arrive as it is: no further attempt until `revive`."""
    _give_back(message, last_error=why, dead_at=clock.now())


def revive() -> int:
    """Have every message that was given up tried again, from the first attempt on; how many."""
    revived = db.session.execute(
        update(Message)
        .where(Message.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, not_before=clock.now())
        .execution_options(synchronize_session=False)
    )
    return cast("Any", revived).rowcount or 0


def bring_back() -> None:
    """What is still to be written by now, or waits for longer than anything does, is of a clock
    that has been put back: it is due. For the worker, which commits.
    """
    now = clock.now()
    db.session.execute(
        update(Message)
        .where(
            *queries.WAITING,
            or_(
                Message.created_at > now + BETWEEN_CLOCKS,
                Message.not_before > now + 2 * queries.LONGEST_PAUSE,
            ),
        )
        .values(not_before=now)
        .execution_options(synchronize_session=False)
    )


def _give_back(message: Message, *, last_error: str, **values: Any) -> None:
    """Ours no longer; unless the claim had lapsed, and somebody else has the message now."""
    db.session.execute(
        update(Message)
        .where(
            Message.id == message.id,
            Message.attempts == message.attempts,
            Message.sent_at.is_(None),
        )
        .values(claimed_until=None, last_error=last_error[:500], **values)
        .execution_options(synchronize_session=False)
    )
