"""Whoever changes the past is found out, and where."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from moderation.cli import main
from moderation.database import db
from moderation.events import audit
from moderation.events.audit import Head, Verdict
from moderation.events.models import Event, Seal, Unsealed
from tests.events.test_seal import happen, seal_all

LENGTH = 8


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody who owns the database and stops at nothing; all undone at the end."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        # once a transaction has begun it is too late for this
        raw = db.engine.raw_connection()
        raw.cursor().execute("PRAGMA foreign_keys=OFF")
        raw.close()
        for table in ("event", "seal"):
            for what in ("changed", "deleted"):
                db.session.execute(text(f"DROP TRIGGER {table}_not_{what}"))
    else:
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    try:
        yield
    finally:
        db.session.rollback()


@pytest.fixture
def chain(context: Flask) -> list[int]:
    """The installation's chain has exactly these events, sealed."""
    seal_all()
    had = db.session.scalars(select(Seal.event_id).where(Seal.chain == 0).order_by(Seal.number))
    known = list(had)
    made = happen(LENGTH - len(known))
    seal_all()
    return known + made


def verdict(*kept: Head) -> Verdict:
    return next(verdict for verdict in audit.verify(kept) if verdict.chain == 0)


def change_kind(number: int) -> Any:
    return update(Event).where(Event.id == _event(number)).values(kind="comment-approved")


def change_facts(number: int) -> Any:
    return update(Event).where(Event.id == _event(number)).values(facts={"comment_id": "999"})


def change_time(number: int) -> Any:
    moved = {"happened_at": _row(number).happened_at + timedelta(microseconds=1)}
    return update(Event).where(Event.id == _event(number)).values(moved)


def change_site(number: int) -> Any:
    site = db.session.scalar(text("SELECT id FROM site"))
    return update(Event).where(Event.id == _event(number)).values(site_id=site)


def delete_event(number: int) -> Any:
    return delete(Event).where(Event.id == _event(number))


def change_hash(number: int) -> Any:
    return update(Seal).where(Seal.chain == 0, Seal.number == number).values(hash="a" * 64)


def delete_seal(number: int) -> Any:
    return delete(Seal).where(Seal.chain == 0, Seal.number == number)


TAMPERINGS = [
    change_kind,
    change_facts,
    change_time,
    change_site,
    delete_event,
    change_hash,
    delete_seal,
]


def _event(number: int) -> int:
    found = db.session.scalar(select(Seal.event_id).where(Seal.chain == 0, Seal.number == number))
    assert found is not None
    return found


def _row(number: int) -> Event:
    return db.session.get_one(Event, _event(number))


def test_an_honest_chain_holds(chain: list[int]) -> None:
    assert verdict() == Verdict(chain=0, held=LENGTH, waiting=0)


def test_what_waits_is_counted(chain: list[int]) -> None:
    happen(3)
    assert verdict() == Verdict(chain=0, held=LENGTH, waiting=3)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tampering=st.sampled_from(TAMPERINGS), number=st.integers(1, LENGTH))
def test_any_tampering_is_found_where_it_is(chain: list[int], tampering: Any, number: int) -> None:
    with unguarded():
        db.session.execute(tampering(number))
        found = verdict()
    assert found.broken
    if tampering is delete_seal and number == LENGTH:
        # the chain ends well before it, and the event is left with no seal
        assert (found.held, found.number) == (LENGTH - 1, None)
        assert str(chain[-1]) in found.broken
    else:
        assert (found.held, found.number) == (number - 1, number)


def test_an_event_nobody_sealed_is_found(chain: list[int]) -> None:
    (event_id,) = happen()
    db.session.execute(delete(Unsealed).where(Unsealed.event_id == event_id))
    found = verdict()
    assert (found.held, found.number) == (LENGTH, None)
    assert found.broken == f"event {event_id} has no seal and does not wait for one"


def _kept() -> Head:
    return next(head for head in audit.heads() if head.chain == 0)


def test_a_kept_head_holds_while_the_chain_grows(chain: list[int]) -> None:
    kept = _kept()
    happen(2)
    seal_all()
    assert verdict(kept) == Verdict(chain=0, held=LENGTH + 2, waiting=0)


def test_a_truncated_end_is_found_by_a_kept_head(chain: list[int]) -> None:
    kept = _kept()
    with unguarded():
        last = delete_event(LENGTH)
        db.session.execute(delete_seal(LENGTH))
        db.session.execute(last)
        assert not verdict().broken
        found = verdict(kept)
    assert (found.held, found.number) == (LENGTH - 1, LENGTH)
    assert "cut off" in found.broken


def test_a_chain_written_anew_is_found_by_a_kept_head(chain: list[int]) -> None:
    kept = _kept()
    with unguarded():
        db.session.execute(change_facts(3))
        db.session.execute(text("INSERT INTO unsealed SELECT event_id FROM seal WHERE chain = 0"))
        db.session.execute(delete(Seal).where(Seal.chain == 0))
        from moderation.events import seal

        while seal.seal():
            pass
        assert not verdict().broken
        assert "written anew" in verdict(kept).broken


def test_a_head_of_no_chain_of_ours_is_told(chain: list[int]) -> None:
    found = {verdict.chain: verdict for verdict in audit.verify([Head(12345, 1, "a" * 64)])}
    assert "cut off" in found[12345].broken


def test_a_chain_is_read_in_pieces(chain: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 2)
    assert verdict().held == LENGTH


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["audit", *words], obj=app)
    return done.exit_code, done.output


def test_the_commands_say_so_in_words_and_by_exit_code(app: Flask) -> None:
    with app.app_context():
        seal_all()
        count = LENGTH - (db.session.scalar(text("SELECT count(*) FROM seal WHERE chain = 0")) or 0)
        happen(count)
        seal_all()
        happen(2)
    code, said = run(app, "verify")
    assert code == 0
    assert f"Chain 0 (the installation): {LENGTH} hold, 2 wait for their seal.\n" in said

    code, heads = run(app, "head")
    assert code == 0
    kept = [word for line in heads.splitlines() for word in ("--head", line)]
    assert run(app, "verify", *kept) == (0, said)

    wrong = kept[1][:-1] + ("0" if kept[1][-1] != "0" else "1")
    code, said = run(app, "verify", "--head", wrong)
    assert code == 1
    assert f"BROKEN at number {LENGTH}: the head kept for it is another" in said

    code, said = run(app, "verify", "--head", "nonsense")
    assert code == 2
    assert "moderation audit head" in said
