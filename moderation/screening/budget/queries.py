"""What machines said in the last weeks, and what people made of it. Each reads a bounded part."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, or_, select

from moderation import ids
from moderation.cases import queries as cases
from moderation.cases.decisions import Decision, DecisionRole
from moderation.cases.models import Case
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.status import Action
from moderation.policy.models import Clause
from moderation.screening.budget.reckoning import HEADS
from moderation.screening.verdict import PhaseMode, Would

LOOKED_BACK = 10_000  # comments on which thresholds are reckoned
JUDGED = (Action.APPROVE, Action.RESTORE, Action.HIDE)
JUDGED_READ = 5_000  # decisions of people, the newest
SAMPLES_READ = 5_000
COUNTED = 100_000


def screened(site_id: int, *, since: datetime) -> Select[int]:
    """The newest revisions that were screened."""
    return (
        select(Screened.revision_id)
        .where(Screened.site_id == site_id, Screened.revision_id >= ids.first_at(since))
        .order_by(Screened.revision_id.desc())
        .limit(LOOKED_BACK)
    )


def holding(site_id: int, *, since: datetime, least: float) -> Select[int, str, float]:
    """(revision, checker, score) of what held one of them or may, were its phase live now.

    A rule has a mode of its own, so only what it held counts. least: lower scores of the model's
    heads are left out.
    """
    newest = screened(site_id, since=since).subquery()
    was_live = StoredVerdict.mode == PhaseMode.LIVE.value
    held = and_(
        StoredVerdict.would == Would.HOLD.value, or_(was_live, StoredVerdict.phase != "rule")
    )
    by_model = and_(StoredVerdict.checker.in_(HEADS), StoredVerdict.score >= least)
    return (
        select(StoredVerdict.revision_id, StoredVerdict.checker, StoredVerdict.score)
        .join(newest, newest.c.revision_id == StoredVerdict.revision_id)
        .where(or_(held, by_model))
    )


def samples(site_id: int, *, since: datetime) -> Select[*tuple[Any, ...]]:
    """(is open, what a person decided last or None) of the newest samples."""
    decided = (
        cases.not_undone()
        .with_only_columns(Decision.action)
        .where(
            Decision.case_id == Case.id,
            Decision.decided_by_id.is_not(None),
            Decision.action.in_(JUDGED),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Case.closed_at.is_(None), decided)
        .where(Case.site_id == site_id, Case.is_sample, Case.id >= ids.first_at(since))
        .order_by(Case.id.desc())
        .limit(SAMPLES_READ)
    )


def unnamed(site_id: int, *, since: datetime) -> Select[int]:
    """How many comments no live check named; COUNTED for more."""
    found = (
        select(Screened.revision_id)
        .where(
            Screened.site_id == site_id,
            Screened.revision_id >= ids.first_at(since),
            Screened.is_flagged.is_(False),
        )
        .limit(COUNTED)
        .subquery()
    )
    return select(func.count()).select_from(found)


def judged(site_id: int, *, since: datetime) -> Select[int, Action, str | None]:
    """(revision, action, clause) of people's decisions that stand, newest first."""
    newest = _judged(site_id, since=since)
    return (
        select(newest.c.revision_id, newest.c.action, Clause.code)
        .outerjoin(Clause, Clause.id == newest.c.clause_id)
        .order_by(newest.c.id.desc())
    )


def said(site_id: int, *, since: datetime) -> Select[int, str | None, str, str]:
    """(revision, checker, version, clause): what machines said about the same revisions."""
    newest = _judged(site_id, since=since)
    return (
        select(Decision.revision_id, Decision.checker, Decision.checker_version, Clause.code)
        .join(Clause, Clause.id == Decision.clause_id)
        .where(
            Decision.role == DecisionRole.SHADOW,
            Decision.comment_id.in_(select(newest.c.comment_id)),
        )
        .distinct()
    )


def _judged(site_id: int, *, since: datetime) -> Subquery:
    return (
        cases.not_undone()
        .with_only_columns(
            Decision.id,
            Decision.comment_id,
            Decision.revision_id,
            Decision.action,
            Decision.clause_id,
        )
        .where(
            Decision.site_id == site_id,
            Decision.id >= ids.first_at(since),
            Decision.decided_by_id.is_not(None),
            Decision.action.in_(JUDGED),
        )
        .order_by(Decision.id.desc())
        .limit(JUDGED_READ)
        .subquery()
    )
