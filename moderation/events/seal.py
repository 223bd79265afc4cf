"""Seal committed events into chains, so that whoever changes the past can be found out.

There is one chain per site, named by the site's id, and chain 0 for what concerns the whole
installation. Its seals are numbered 1, 2, 3 … and each seals one event:

    hash = SHA-256( previous hash + "\\n" + event ), in lower-case hexadecimal

previous hash: the 64 hexadecimal characters of the seal before; 64 times "0" before number 1.
event: a JSON object in UTF-8 with the members

    facts         the object stored with the event: strings, whole numbers, true, false and null
    happened_at   UTC with six decimals, such as "2026-11-22T09:30:00.000000Z"
    id            the event's id, decimal, as a string
    kind          such as "comment-decided"
    site_id       the site's id, decimal, as a string; null for the installation

written with all members, inner ones too, sorted by name, without spaces, and with no more escapes
than JSON demands: the canonical form of RFC 8785. Events are sealed in the order of their ids as
far as they are committed by then; the order that counts is the order of the numbers.

Somebody who may write to the database can make a new chain from the change on. So the last hash is
to be kept elsewhere from time to time: `moderation audit head` prints it, and
`moderation audit verify --head …` says whether the chain still runs through it.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import delete, insert, text

from moderation import database
from moderation.database import db
from moderation.events import queries
from moderation.events.models import Event, Seal, Unsealed

BATCH = 500
BEGINNING = "0" * 64
INSTALLATION = 0
LOCK = text("SELECT pg_advisory_xact_lock(5279403312)")  # any number, used for nothing else


def link(previous: str, event: Event) -> str:
    """The hash of the seal on `event`. previous: the hash before it, or BEGINNING."""
    return sha256(f"{previous}\n".encode() + canonical(event)).hexdigest()


def canonical(event: Event) -> bytes:
    """The event as it is hashed."""
    return _json(
        {
            "facts": event.facts,
            "happened_at": _utc(event.happened_at),
            "id": str(event.id),
            "kind": event.kind,
            "site_id": None if event.site_id is None else str(event.site_id),
        }
    )


def chain_of(event: Event) -> int:
    return INSTALLATION if event.site_id is None else event.site_id


def something_waits() -> bool:
    """Whether an event waits for its seal; takes no write lock. The caller ends the transaction."""
    with database.only_reading():
        return db.session.scalar(queries.any_unsealed()) is not None


def seal() -> int:
    """Seal the oldest events that wait, at most 500 of all chains; how many. The caller commits.

    Any number of processes may do so at once: they take turns until the commit.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(LOCK)  # SQLite let nobody else begin to write
    waiting = db.session.execute(queries.unsealed().limit(BATCH)).all()
    if not waiting:
        return 0
    fresh = [event for event, seal_of in waiting if seal_of is None]
    if seals := _next_links(fresh):
        db.session.execute(insert(Seal), seals)
    done = [event.id for event, _ in waiting]
    db.session.execute(delete(Unsealed).where(Unsealed.event_id.in_(done)))
    return len(done)


def _next_links(events: Iterable[Event]) -> list[dict[str, Any]]:
    """A seal for each event, each chain continued at its head."""
    links = []
    for chain, of_chain in groupby(sorted(events, key=_place), key=chain_of):
        head = db.session.execute(queries.head(chain)).first()
        number, previous = (head.number, head.hash) if head else (0, BEGINNING)
        for number, event in enumerate(of_chain, number + 1):  # noqa: B020
            previous = link(previous, event)
            links.append({"event_id": event.id, "chain": chain, "number": number, "hash": previous})
    return links


def _place(event: Event) -> tuple[int, int]:
    return chain_of(event), event.id


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _json(value: Any) -> bytes:
    plain = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return plain.encode("utf-8")
