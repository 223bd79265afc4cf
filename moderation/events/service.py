"""Record what happened, in the transaction in which it happens."""

import re
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert

from moderation import clock, ids
from moderation.database import db
from moderation.events.kinds import Happened
from moderation.events.models import Event, Unsealed

_EVENT, _UNSEALED = insert(Event), insert(Unsealed)


def record(happened: Happened, *, site_id: int | None) -> int:
    """Write `happened` down at once, and its id; the worker seals it after the commit."""
    event_id = ids.new()
    event = {
        "id": event_id,
        "site_id": site_id,
        "kind": _kebab(type(happened).__name__),
        "facts": _plain(happened),
        "happened_at": clock.now(),
    }
    connection = db.session.connection()
    connection.execute(_EVENT, event)
    connection.execute(_UNSEALED, {"event_id": event_id})
    return event_id


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _plain(happened: Happened) -> dict[str, Any]:
    """Ids as strings: 64 bits do not fit a number of JSON."""
    return {
        key: str(value) if key.endswith("_id") and value is not None else value
        for key, value in asdict(happened).items()
    }
