"""Record what happened, in the transaction in which it happens."""

import re
from collections.abc import Sequence
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
    (event_id,) = record_all([happened], site_id=site_id)
    return event_id


def record_all(happened: Sequence[Happened], *, site_id: int | None) -> list[int]:
    """The same for several things at once, in their order."""
    found = [(ids.new(), _kebab(type(one).__name__), one) for one in happened]
    connection = db.session.connection()
    written = [
        {"id": event_id, "site_id": site_id, "kind": kind, "facts": _plain(one)}
        for event_id, kind, one in found
    ]
    rows.insert_all(connection, Event, written)
    rows.insert_all(connection, Unsealed, [{"event_id": event_id} for event_id, _, _ in found])
    for _, kind, one in found:
        counted.later(kind, one)
    return [event_id for event_id, _, _ in found]


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
