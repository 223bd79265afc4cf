"""What a check has not looked at is found without going through all that it has."""

from flask import Flask
from sqlalchemy import insert

from moderation.cases.verdicts import StoredVerdict
from moderation.database import db
from moderation.screening.health import queries
from moderation.screening.health.models import PhaseHealth
from tests import factories, statements

MANY, MISSED = 3000, 3
QUESTIONS = (
    queries.waiting(1, "links").limit(1),
    queries.extent(1, "links"),
    queries.troubled(1),
    queries.troubled_everywhere(),
)


def test_what_was_looked_at_is_not_read(app: Flask) -> None:
    with app.app_context():
        many_verdicts()
        db.session.commit()
        asked = [
            question.compile(db.engine, compile_kwargs={"literal_binds": True})
            for question in QUESTIONS
        ]
    for statement in asked:
        plan = statements.plan(app, str(statement).replace("%", "%%"), ())
        assert "ix_verdict_unchecked" in plan, plan


def many_verdicts() -> None:
    comment = factories.comment()
    site = factories.site()
    row: dict[str, object] = {
        "site_id": site.id,
        "comment_id": comment.id,
        "revision_id": comment.revision_id,
        "phase": "links",
        "checker": "links",
        "mode": "live",
        "would": "nothing",
        "score": 0.0,
        "spans": [],
        "why": [],
    }
    db.session.execute(
        insert(StoredVerdict), [{**row, "is_checked": number >= MISSED} for number in range(MANY)]
    )
    db.session.add(PhaseHealth(site_id=site.id, phase="links"))
