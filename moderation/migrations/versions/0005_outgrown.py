"""Two indexes that ten million comments need; and on PostgreSQL the events lie in parts by time.

SQLite has no such parts and needs none. What is there becomes the first part as it is, without
being copied. The worker makes the parts of the months to come (`events.parts`); what none of them
takes goes into the last one.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from moderation import clock, ids

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

POINTING = ("seal", "unsealed")
GUARD = (
    "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
)


def upgrade() -> None:
    undone = sa.text("action = 'undo'")
    op.create_index("ix_person_role", "person", ["role"])
    op.create_index(
        "ix_decision_undone",
        "decision",
        ["supersedes_id"],
        sqlite_where=undone,
        postgresql_where=undone,
    )
    if op.get_bind().dialect.name != "postgresql":
        return
    end = _next_month()
    first = f"event_until_{end:%Y_%m}"
    _let_go()
    op.execute("DROP TRIGGER event_append_only ON event")
    op.execute(f"ALTER TABLE event RENAME TO {first}")
    op.execute(f"ALTER INDEX pk_event RENAME TO pk_{first}")
    op.execute(f"ALTER INDEX ix_event_site RENAME TO ix_{first}")
    op.execute(f"CREATE TABLE event (LIKE {first} INCLUDING DEFAULTS) PARTITION BY RANGE (id)")
    op.execute("ALTER SEQUENCE event_id_seq OWNED BY event.id")
    _complete()
    op.execute(
        f"ALTER TABLE event ATTACH PARTITION {first} "
        f"FOR VALUES FROM (MINVALUE) TO ({ids.first_at(end)})"
    )
    op.execute("CREATE TABLE event_default PARTITION OF event DEFAULT")
    op.execute(GUARD)
    _point_again()


def downgrade() -> None:
    op.drop_index("ix_decision_undone", table_name="decision")
    op.drop_index("ix_person_role", table_name="person")
    if op.get_bind().dialect.name != "postgresql":
        return
    _let_go()
    op.execute("ALTER TABLE event RENAME TO event_in_parts")
    op.execute("CREATE TABLE event (LIKE event_in_parts INCLUDING DEFAULTS)")
    op.execute("INSERT INTO event SELECT * FROM event_in_parts ORDER BY id")
    op.execute("ALTER SEQUENCE event_id_seq OWNED BY event.id")
    op.execute("DROP TABLE event_in_parts")
    _complete()
    op.execute(GUARD)
    _point_again()


def _next_month() -> datetime:
    """The first month that no event is of yet."""
    last = op.get_bind().scalar(sa.text("SELECT max(id) FROM event"))
    newest = max(clock.now(), ids.time_of(last) if last is not None else ids.EPOCH)
    return datetime(newest.year + newest.month // 12, newest.month % 12 + 1, 1, tzinfo=UTC)


def _complete() -> None:
    """Keys and index of `event`, by the names they have always had."""
    op.execute("ALTER TABLE event ADD CONSTRAINT pk_event PRIMARY KEY (id)")
    op.execute(
        "ALTER TABLE event ADD CONSTRAINT fk_event_site_id FOREIGN KEY (site_id) "
        "REFERENCES site (id)"
    )
    op.execute("CREATE INDEX ix_event_site ON event (site_id, id)")


def _let_go() -> None:
    op.execute("LOCK TABLE event, seal, unsealed IN ACCESS EXCLUSIVE MODE")
    for table in POINTING:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_event_id")


def _point_again() -> None:
    for table in POINTING:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_event_id FOREIGN KEY (event_id) "
            "REFERENCES event (id)"
        )
