"""What people decided that a model can learn from, and what it has learned. Each is bounded."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from moderation.cases import queries as cases
from moderation.cases.decisions import Decision
from moderation.cases.models import Case
from moderation.comments.models import Revision
from moderation.comments.status import Action
from moderation.policy.models import Clause
from moderation.screening.risk.models import LearnedModel, LearningState

NEWEST = 6_000  # decisions: twenty seconds and 150 MB to learn from
# a hold says that nothing is decided yet
ANSWERS = (Action.APPROVE, Action.RESTORE, Action.HIDE, Action.HOLD)
UNFINISHED = (LearningState.WAITING, LearningState.RUNNING)


def judged(site_id: int) -> Select[*tuple[Any, ...]]:
    """(revision, action, clause, when, detected how, was drawn by chance), newest first.

    Of people's decisions that stand; several about one revision are all there, blanked ones not.
    """
    newest = (
        cases.not_undone()
        .with_only_columns(Decision.id)
        .where(
            Decision.site_id == site_id,
            Decision.decided_by_id.is_not(None),
            Decision.action.in_(ANSWERS),
        )
        .order_by(Decision.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    return (
        select(
            Decision.revision_id,
            Decision.action,
            Clause.code,
            Decision.decided_at,
            Decision.detected_how,
            func.coalesce(Case.is_sample, False),
        )
        .join(newest, newest.c.id == Decision.id)
        .join(Revision, Revision.id == Decision.revision_id)
        .outerjoin(Clause, Clause.id == Decision.clause_id)
        .outerjoin(Case, Case.id == Decision.case_id)
        .where(Revision.blanked_at.is_(None))
        .order_by(Decision.id.desc())
    )


def last_decision(site_id: int) -> Select[int]:
    """The newest by a person, undone or undoing or not."""
    return select(func.max(Decision.id)).where(
        Decision.site_id == site_id, Decision.decided_by_id.is_not(None)
    )


def bodies(revision_ids: Collection[int]) -> Select[int, str]:
    """What is left of them."""
    return select(Revision.id, Revision.body).where(
        Revision.id.in_(revision_ids), Revision.blanked_at.is_(None)
    )


def in_use(site_id: int) -> Select[LearnedModel]:
    return select(LearnedModel).where(
        LearnedModel.site_id == site_id, LearnedModel.state == LearningState.IN_USE
    )


def weights_in_use(site_id: int, *, base: str) -> Select[bytes | None]:
    """Of what was learned on top of that shipped version."""
    return select(LearnedModel.weights).where(
        LearnedModel.site_id == site_id,
        LearnedModel.state == LearningState.IN_USE,
        LearnedModel.base == base,
    )


def of_site(site_id: int) -> Select[LearnedModel]:
    """Newest first: a handful at most."""
    return (
        select(LearnedModel).where(LearnedModel.site_id == site_id).order_by(LearnedModel.id.desc())
    )


def waiting(*, lost_before: datetime) -> Select[int]:
    """The oldest that nobody works on."""
    return (
        select(LearnedModel.id)
        .where(is_free(lost_before=lost_before))
        .order_by(LearnedModel.id)
        .limit(1)
    )


def is_free(*, lost_before: datetime) -> ColumnElement[bool]:
    """Waiting, or in the hands of a worker that was last heard of before then."""
    return LearnedModel.state.in_(UNFINISHED) & or_(
        LearnedModel.state == LearningState.WAITING, LearnedModel.touched_at < lost_before
    )
