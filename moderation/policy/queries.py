"""Which rules are in force."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import selectinload

from moderation.policy.models import Clause, PolicyVersion


def published(site_id: int | ColumnElement[int]) -> Select[PolicyVersion]:
    """The versions readers have seen, newest first, with their clauses."""
    return (
        select(PolicyVersion)
        .where(PolicyVersion.site_id == site_id, PolicyVersion.published_at.is_not(None))
        .order_by(PolicyVersion.number.desc())
        .options(selectinload(PolicyVersion.clauses))
    )


def numbers(site_id: int) -> Select[int, datetime | None, str]:
    """(number, published, what changed) of every version, newest first."""
    return (
        select(PolicyVersion.number, PolicyVersion.published_at, PolicyVersion.changes)
        .where(PolicyVersion.site_id == site_id, PolicyVersion.published_at.is_not(None))
        .order_by(PolicyVersion.number.desc())
    )


def in_force(site_id: int) -> Select[PolicyVersion]:
    return published(site_id).limit(1)


def clause(site_id: int, code: str) -> Select[Clause]:
    """The clause `code` of the version in force."""
    newest = published(site_id).with_only_columns(PolicyVersion.id).options().limit(1)
    return select(Clause).where(Clause.version_id == newest.scalar_subquery(), Clause.code == code)


def _codes(site_id: ColumnElement[int]) -> Select[str, int]:
    """(code, id) of every clause in force."""
    newest = published(site_id).with_only_columns(PolicyVersion.id).options().limit(1)
    return select(Clause.code, Clause.id).where(Clause.version_id == newest.scalar_subquery())


# made once, with the site to be given: asked for every comment
CODES = _codes(bindparam("site"))
