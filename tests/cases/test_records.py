"""What reporters' earlier reports were worth."""

import pytest
from flask import Flask

from moderation import clock
from moderation.cases import queries
from moderation.cases.models import Outcome, Report, Track
from moderation.database import db
from moderation.people.models import Person
from tests import factories
from tests.statements import counted, plan


def settled(outcome: Outcome, *, by: Person | None = None, email: str | None = None) -> None:
    comment = factories.comment()
    db.session.add(
        Report(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            track=Track.POLICY,
            reporter=by,
            email=email,
            email_confirmed_at=clock.now() if email else None,
            settled_at=clock.now(),
            outcome=outcome,
        )
    )
    db.session.flush()


@pytest.mark.usefixtures("context")
def test_accounts_and_confirmed_addresses_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "REMEMBERED", 3)
    monkeypatch.setattr(queries, "_accounts", queries._accounts.__wrapped__)  # not the kept one
    ann, bob = factories.person(), factories.person()
    for outcome in (Outcome.UPHELD, Outcome.UPHELD, Outcome.NOT_UPHELD, Outcome.UPHELD):
        settled(outcome, by=ann)
    settled(Outcome.NO_OPINION, by=ann)
    settled(Outcome.NOT_UPHELD, email="clerk@example.org")
    found = db.session.execute(queries.records({ann.id, bob.id}, {"clerk@example.org"}))
    assert {tuple(row) for row in found} == {
        (ann.id, None, 2, 1),
        (bob.id, None, 0, 0),
        (None, "clerk@example.org", 0, 1),
    }


def test_nobodys_whole_past_is_read(app: Flask) -> None:
    with app.app_context():
        ann = factories.person()
        for _ in range(20):
            settled(Outcome.UPHELD, by=ann)
        db.session.commit()
        person_id = ann.id
    with app.app_context(), counted(app) as asked:
        assert db.session.execute(queries.records({person_id}, set())).one()[2] == 20
    how = plan(app, *asked[-1])
    assert "SCAN report" not in how, how
    if "Seq Scan" not in how:  # PostgreSQL reads a table this small from end to end
        assert "ix_report_reporter" in how, how
