"""Record what happened, in the transaction in which it happens."""

import re
from dataclasses import fields
from functools import cache
from typing import Any

from moderation import ids, rows
from moderation.database import db
from moderation.events import counted
from moderation.events.kinds import Happened
from moderation.events.models import Event, Unsealed


def record(happened: Happened, *, site_id: int | None) -> int:
    """Write `happened` down at once, and its id; the worker seals it after the commit."""
    event_id = ids.new()
    kind = _kebab(type(happened).__name__)
    connection = db.session.connection()
    rows.insert_into(
        connection,
        Event,
        id=event_id,
        site_id=site_id,
        kind=kind,
        facts=_plain(happened),
    )
    rows.insert_into(connection, Unsealed, event_id=event_id)
    counted.later(kind, happened)
    return event_id


@cache
def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


@cache
def _keys(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(happened: Happened) -> dict[str, Any]:
    """Ids as strings: 64 bits do not fit a number of JSON."""
    kind: Any = type(happened)
    return {
        key: str(value) if key.endswith("_id") and value is not None else value
        for key in _keys(kind)
        for value in (getattr(happened, key),)
    }
