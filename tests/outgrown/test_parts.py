"""Events in parts by month: made ahead, never in the way, and the same rows after up and down."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from moderation import clock, ids
from moderation.database import db
from moderation.events import audit, parts, seal, service
from moderation.events.kinds import SiteWordsChanged
from moderation.events.models import Event
from moderation.keeping import rows, tables
from moderation.migrations import service as migrations
from moderation.policy import service as policy
from moderation.sites import service as sites
from tests.conftest import _close, make_app
from tests.keeping.living import live
from tests.parts import postgres

JULY = datetime(2031, 7, 9, 12, tzinfo=UTC)


@pytest.fixture
def fresh(postgres_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An empty installation on a database that may be changed as one likes."""
    at = make_url(postgres_url).set(database="postgres")
    name = f"{make_url(postgres_url).database}_parts"
    app = make_app(tmp_path / "fresh", postgres.database_url(at, name))
    with app.app_context():
        migrations.upgrade()
        policy.publish_starter(sites.add("main", name="Here", url="http://localhost"))
        db.session.commit()
        db.session.remove()
    yield app
    _close(app)
    postgres.drop(at, name)


def contents(app: Flask) -> dict[str, str]:
    with app.app_context(), db.engine.connect() as connection:
        return rows.fingerprints(connection, tables.all_of(connection), lambda _: None)


def names() -> list[str]:
    return sorted(db.session.scalars(parts.NAMES))


def place_of(event_id: int) -> str:
    """The part in which an event lies."""
    found = db.session.scalar(
        text("SELECT tableoid::regclass::text FROM event WHERE id = :id"), {"id": event_id}
    )
    assert isinstance(found, str)
    return found


def happen(moment: datetime) -> int:
    """Something happens at that moment; the event's id."""
    event = Event(id=ids.at(moment), kind="comment-submitted", facts={}, happened_at=moment)
    db.session.add(event)
    db.session.commit()
    return event.id


def keep_on() -> bool:
    return True


def test_up_and_down_with_events_in_them(fresh: Flask) -> None:
    live(fresh)
    before = contents(fresh)
    with fresh.app_context():
        parts.make_ahead(keep_on)
        event_id = happen(clock.now())
        db.session.remove()
        whole = contents(fresh)

        migrations.downgrade("0004")
        assert contents(fresh) == whole
        assert not [name for name in inspect(db.engine).get_table_names() if "event_" in name]
        assert refuses("DELETE FROM event")

        migrations.upgrade()
        assert contents(fresh) == whole != before
        assert place_of(event_id).startswith("event_until_")
        db.session.rollback()
        assert refuses("DELETE FROM event")
        assert refuses("UPDATE event SET kind = 'x'")
        assert [verdict.broken for verdict in audit.verify() if verdict.held] == [""]
        db.session.rollback()


def refuses(statement: str) -> bool:
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        db.session.execute(text(statement))
    db.session.rollback()
    return True


def test_the_months_to_come_are_made_once(fresh: Flask) -> None:
    with fresh.app_context(), clock.at(JULY):
        parts.make_ahead(keep_on)
        made = names()
        wanted = [f"event_2031_{month:02}" for month in (7, 8, 9, 10)]
        assert [name for name in made if "_2031_" in name] == wanted
        parts.make_ahead(keep_on)
        assert names() == made
        db.session.rollback()
    with fresh.app_context(), clock.at(JULY.replace(month=12)):
        parts.make_ahead(keep_on)
        assert {"event_2031_12", "event_2032_01", "event_2032_03"} <= set(names())
        db.session.rollback()


def test_every_event_finds_its_part_and_a_part_its_events(fresh: Flask) -> None:
    with fresh.app_context(), clock.at(JULY):
        parts.make_ahead(keep_on)
        assert place_of(happen(datetime(2031, 7, 1, tzinfo=UTC))) == "event_2031_07"
        assert place_of(happen(datetime(2031, 8, 31, 23, 59, tzinfo=UTC))) == "event_2031_08"
        assert place_of(happen(datetime(2004, 1, 1, tzinfo=UTC))).startswith("event_until_")
        assert place_of(happen(datetime(2099, 1, 1, tzinfo=UTC))) == "event_default"
        assert refuses("DELETE FROM event WHERE kind = 'comment-submitted'")


def test_a_month_that_began_without_its_part_stays_where_it_is(fresh: Flask) -> None:
    with fresh.app_context(), clock.at(datetime(2041, 3, 5, tzinfo=UTC)):
        lost = happen(clock.now())
        parts.make_ahead(keep_on)
        assert place_of(lost) == "event_default"
        assert "event_2041_03" not in names()
        assert "event_2041_04" in names()
        db.session.rollback()


def test_who_reads_for_long_puts_it_off_and_nobody_waits(fresh: Flask) -> None:
    """As a backup does: the part is made at another time."""
    with fresh.app_context(), clock.at(datetime(2051, 3, 5, tzinfo=UTC)):
        with db.engine.connect() as reader:
            reader.execute(text("SELECT count(*) FROM event"))
            parts.make_ahead(keep_on)
            assert "event_2051_03" not in names()
            db.session.rollback()
            happen(clock.now().replace(year=2052))
        parts.make_ahead(keep_on)
        assert "event_2051_03" in names()
        db.session.rollback()


def test_sealing_goes_over_the_parts(fresh: Flask) -> None:
    with fresh.app_context(), clock.at(JULY):
        parts.make_ahead(keep_on)
        for moment in (JULY, JULY.replace(month=8), JULY.replace(year=2077)):
            with clock.at(moment):
                service.record(SiteWordsChanged(words="x"), site_id=None)
        db.session.commit()
        assert seal.seal() >= 3
        db.session.commit()
        verdict = next(audit.verify())
        assert (verdict.chain, verdict.held, verdict.broken) == (seal.INSTALLATION, 3, "")
        db.session.rollback()


def test_sqlite_has_one_table(tmp_path: Path) -> None:
    small = make_app(tmp_path / "small")
    with small.app_context():
        migrations.upgrade()
        parts.make_ahead(keep_on)
        assert [name for name in inspect(db.engine).get_table_names() if "event" in name] == [
            "event"
        ]
    _close(small)
