"""Record what happened, in the transaction in which it happens."""

import re
from dataclasses import asdict
from typing import Any

from moderation.database import db, saved
from moderation.events.kinds import Happened
from moderation.events.models import Event, Unsealed


def record(happened: Happened, *, site_id: int | None) -> Event:
    """Write `happened` down; the worker seals it after the commit."""
    event = saved(
        Event(site_id=site_id, kind=_kebab(type(happened).__name__), facts=_plain(happened))
    )
    db.session.add(Unsealed(event_id=event.id))
    return event


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _plain(happened: Happened) -> dict[str, Any]:
    """Ids as strings: 64 bits do not fit a number of JSON."""
    return {
        key: str(value) if key.endswith("_id") and value is not None else value
        for key, value in asdict(happened).items()
    }
