"""Events are sealed in order, once, by however many workers; the seal is as written down."""

import hashlib
import json
import threading
from datetime import UTC, datetime

import time_machine
from flask import Flask
from sqlalchemy import func, select

from moderation import events
from moderation.database import db
from moderation.events import audit, seal
from moderation.events.kinds import CommentDecided, CommentWithdrawn, PersonConfirmed
from moderation.events.models import Event, Seal, Unsealed
from tests import factories


def happen(count: int = 1, *, site_id: int | None = None) -> list[int]:
    """That many events, committed."""
    made = [
        events.record(CommentWithdrawn(comment_id=number), site_id=site_id)
        for number in range(1, count + 1)
    ]
    db.session.commit()
    return made


def seal_all() -> int:
    total = 0
    while sealed := seal.seal():
        db.session.commit()
        total += sealed
    db.session.rollback()
    return total


def test_every_site_has_a_chain_of_its_own(context: Flask) -> None:
    site = factories.site().id
    seal_all()  # what the site began with
    before = {head.chain: head.number for head in audit.heads()}
    happen(3, site_id=site)
    happen(2)

    assert seal_all() == 5

    after = {head.chain: head.number for head in audit.heads()}
    assert after[site] == before.get(site, 0) + 3
    assert after[seal.INSTALLATION] == before.get(seal.INSTALLATION, 0) + 2


def test_seals_follow_the_order_of_events(context: Flask) -> None:
    ids = happen(5)
    seal_all()
    chain = select(Seal.event_id).where(Seal.event_id.in_(ids)).order_by(Seal.number)
    assert list(db.session.scalars(chain)) == ids


def test_a_stranger_can_make_the_same_hash(context: Flask) -> None:
    """By the words of the module alone."""
    happened = CommentDecided(
        comment_id=2**62,
        decision_id=2,
        revision_id=3,
        action="hide",
        clause="abuse",
        old_status="published",
        new_status="hidden",
        decided_by_id=None,
        supersedes_id=None,
    )
    with time_machine.travel(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), tick=False):
        event_id = events.record(happened, site_id=None)
        db.session.commit()
    event = db.session.get_one(Event, event_id)

    written = (
        '{"facts":{"action":"hide","checker":null,"clause":"abuse",'
        '"comment_id":"4611686018427387904",'
        '"decided_by_id":null,"decision_id":"2","new_status":"hidden","old_status":"published",'
        '"revision_id":"3","supersedes_id":null},"happened_at":"2026-11-22T09:30:00.000000Z",'
        f'"id":"{event.id}","kind":"comment-decided","site_id":null}}'
    )

    assert seal.canonical(event).decode() == written
    assert json.loads(written)["facts"] == event.facts
    expected = hashlib.sha256(("0" * 64 + "\n" + written).encode()).hexdigest()
    assert seal.link(seal.BEGINNING, event) == expected


def test_facts_are_whole_numbers_and_words(context: Flask) -> None:
    """Nothing that a database or JSON might write in two ways."""
    for event in db.session.scalars(select(Event)):
        for value in event.facts.values():
            assert value is None or isinstance(value, str | int), event.kind


def test_what_is_not_committed_is_not_sealed(app: Flask) -> None:
    with app.app_context():
        seal_all()
        events.record(PersonConfirmed(person_id=1), site_id=None)
        db.session.flush()
        db.session.rollback()
        assert seal_all() == 0
        assert not seal.something_waits()


def test_batches_leave_nothing_behind(context: Flask) -> None:
    seal_all()
    happen(seal.BATCH + 7)
    assert seal.something_waits()
    db.session.rollback()
    assert seal.seal() == seal.BATCH
    db.session.commit()
    assert seal.seal() == 7
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Unsealed)) == 0


def test_two_workers_make_one_chain(app: Flask) -> None:
    with app.app_context():
        seal_all()
        happen(3 * seal.BATCH)
    sealed: list[int] = []

    def work() -> None:
        with app.app_context():
            sealed.append(seal_all())

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(sealed) == 3 * seal.BATCH
    with app.app_context():
        assert [verdict.broken for verdict in audit.verify()] == [""] * len(list(audit.verify()))


def test_an_event_that_waits_although_it_is_sealed_stops_nobody(context: Flask) -> None:
    (event_id,) = happen()
    seal_all()
    db.session.add(Unsealed(event_id=event_id))
    db.session.commit()
    happen()
    assert seal_all() == 2
    assert not any(verdict.broken for verdict in audit.verify())
