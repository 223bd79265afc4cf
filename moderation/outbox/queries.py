"""Which messages are due, and how many wait."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.outbox.models import Message

# longer than one message can take: mail gives up waiting for each answer after ten seconds
CLAIM = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=12)  # between two attempts
COUNTED = 1000  # beyond that, it is “more than”
WAITING = (Message.sent_at.is_(None), Message.dead_at.is_(None))


@cache
def new(dialect: str) -> Any:
    """Stores a message unless its key is known."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    unless_known = insert(Message).on_conflict_do_nothing(index_elements=[Message.key])
    return unless_known.execution_options(preserve_rowcount=True)


def is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Unsent, its time has come, and nobody holds it."""
    return (*WAITING, Message.not_before <= now, is_free(now))


def is_free(now: datetime) -> ColumnElement[bool]:
    """Nobody holds it; who holds it for longer than anybody can had a clock that was put back."""
    until = Message.claimed_until
    return or_(until.is_(None), until < now, until > now + 2 * CLAIM)


def due(now: datetime) -> Select[int]:
    """The id of the oldest message to send."""
    return select(Message.id).where(*is_due(now)).order_by(Message.not_before, Message.id).limit(1)


def waiting() -> Select[int, int, datetime]:
    """How many wait, how many of them failed before, and since when the oldest was written."""
    tried = func.count().filter(Message.attempts > 0, Message.claimed_until.is_(None))
    return select(func.count(), tried, func.min(Message.created_at)).where(*WAITING)


def late(than: datetime) -> Select[int, int, datetime]:
    """(how many, of them never tried, when the oldest was written) of those that were written
    before `than` and should be gone. Counts to COUNTED + 1. Served by ix_message_waiting.
    """
    tried_or_due = or_(Message.attempts > 0, Message.not_before < than)
    any_time = Message.not_before < than + 2 * LONGEST_PAUSE  # which is what the index begins with
    found = (
        select(Message.attempts, Message.created_at)
        .where(*WAITING, any_time, Message.created_at < than, tried_or_due)
        .order_by(Message.not_before, Message.id)
        .limit(COUNTED + 1)
        .subquery()
    )
    untried = func.count().filter(found.c.attempts == 0)
    return select(func.count(), untried, func.min(found.c.created_at)).select_from(found)


def dead() -> Select[str, int]:
    """Why messages were given up, and how many for each reason, most first."""
    return (
        select(Message.last_error, func.count())
        .where(Message.dead_at.is_not(None))
        .group_by(Message.last_error)
        .order_by(func.count().desc(), Message.last_error)
    )
