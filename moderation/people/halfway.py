"""The browser of somebody whose password was right and whose code is still to come.

All of it is in the signed cookie, which opens nothing: to every other page it is a reader's.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import session

from moderation import clock
from moderation.database import db
from moderation.people import links
from moderation.people.models import Person

LIFETIME = timedelta(minutes=10)
BETWEEN_CLOCKS = timedelta(seconds=5)
PAGE = "/sign-in/code"


def begin(person: Person, then: str) -> None:
    """Forget what the cookie held, so that one planted before is worth nothing."""
    session.clear()
    session.permanent = False
    session["halfway"] = {
        "person": str(person.id),
        "password": links.mark(person.password_hash),
        "since": clock.now().isoformat(),
        "then": then,
    }


def person() -> Person | None:
    """Who is half way in here; None if nobody is, or it was too long ago, or much has changed."""
    kept: Any = session.get("halfway")
    if kept is None or not _is_fresh(datetime.fromisoformat(kept["since"])):
        return None
    found = db.session.get(Person, int(kept["person"]))
    if found is None or found.second_step_at is None:
        return None
    return found if links.mark(found.password_hash) == kept["password"] else None


def then() -> str:
    """Where they wanted to go, a path on this site."""
    kept: Any = session.get("halfway") or {"then": "/"}
    return str(kept["then"])


def _is_fresh(since: datetime) -> bool:
    """Neither long ago nor, by a clock that was put back, still to come. Another host's clock may
    be a little ahead.
    """
    return -BETWEEN_CLOCKS <= clock.now() - since < LIFETIME
