"""Hostile text in every column that holds text, past all that would refuse it at the door.

A new column falls under it by itself; what must keep its form to be found at all stands in FIXED.
"""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Enum, String, Table, update

from moderation.comments import markup
from moderation.comments.models import Revision
from moderation.database import Utc, db

# looked up by, compared or computed with: hashes, codes, addresses of ours
FIXED = {
    "alembic_version", "article.slug", "article.url", "article.picture", "site.slug", "site.host",
    "site.url", "clause.code", "clause.default_action", "clause.category", "person.password_hash",
    "person.second_step_salt", "sign_in.token_hash", "recovery_code.code_hash", "draft.token_hash",
    "comment.submission", "event.kind", "event.facts", "seal.hash", "throttle.key",
    "rule.name", "rule.expression", "rule.clause_code", "dry_run.name", "dry_run.expression",
    "dry_run.clause_code", "word_list.clause_code", "remote_checker.salt",
    "remote_checker.old_salt", "remote_ask.token", "report.reference",
    "message.key", "message.about", "message.to",
    "phase_health.phase", "phase_failure.phase", "phase_check.phase", "link_domain.name",
    "budget_bar.checker", "learned_model.version", "learned_model.base",
}  # fmt: skip
ONE_EACH = {"person.email", "word_list.name"}


def plant(app: Flask, texts: Iterator[str]) -> set[str]:
    """Everywhere; the columns that hold it now. The database's own guards are taken away first."""
    planted = set()
    with app.app_context(), db.engine.begin() as connection:
        for (trigger,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE '%fts%'"
        ).fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        for table in db.metadata.sorted_tables:
            columns = [column.name for column in table.columns if is_text(table, column.name)]
            for row in connection.execute(table.select()).mappings().all():
                given = {
                    name: hostile(f"{table.name}.{name}", row[name], texts) for name in columns
                }
                if table is Revision.__table__:
                    given["html"] = markup.render(given["body"])
                if given:
                    same = [column == row[column.name] for column in table.primary_key]
                    connection.execute(update(table).where(*same).values(given))
                    planted |= {f"{table.name}.{name}" for name in given}
    return planted


def is_text(table: Table, name: str) -> bool:
    kind: Any = table.c[name].type
    if f"{table.name}.{name}" in FIXED or table.name in FIXED or isinstance(kind, (Enum, Utc)):
        return False
    return isinstance(kind, (String, JSON)) or isinstance(getattr(kind, "impl", None), JSON)


def hostile(name: str, value: Any, texts: Iterator[str]) -> Any:
    """The same shape with other words in it."""
    match value:
        case None:
            return None
        case dict():
            return {key: hostile(name, inner, texts) for key, inner in value.items()}
        case list():
            return [hostile(name, inner, texts) for inner in value]
        case str() if value.isdigit():
            return value  # an id
        case str():
            # none is left empty, or its place on the page would stay unseen
            return next(texts) + (f" {id(object())}{value}" if name in ONE_EACH else "")
    return value
