"""What authors are told about their own comments: where each stands, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from moderation import clock
from moderation.cases import deadlines
from moderation.cases.decisions import Appeal, AppealOutcome, Decision, Statement
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.intake import queries

REVERSED = "We have taken this decision back."
WON = "You appealed, and we have reversed this decision."
REPLACED = "A later decision has taken the place of this one."
APPEAL_OPEN = "You have appealed. Somebody who had no part in the decision will answer you."
APPEAL_LOST = "You appealed. Somebody else looked again, and the decision stands."


@dataclass(frozen=True, slots=True)
class Reason:
    """One statement of reasons, and what has become of it."""

    statement: Statement
    holds: bool
    # what happened to it since; "" if nothing did
    news: str
    # until when its author can appeal against it here, if at all
    appeal_until: datetime | None


@dataclass(slots=True)
class Mine:
    """One comment as its author sees it."""

    comment: Comment
    reasons: list[Reason] = field(default_factory=list)
    # the clause under which a machine asked for a first look; "" if none did
    asked_under: str = ""

    @property
    def html(self) -> Markup:
        # the sanitiser made it when it was written
        return Markup(self.comment.revision.html)  # noqa: S704

    @property
    def state(self) -> str:
        """`published`, `waiting` for its first look, `held`, `hidden` or `withdrawn`."""
        status: Status = self.comment.status
        if status is not Status.PENDING:
            return str(status.value)
        return "held" if any(reason.holds for reason in self.reasons) else "waiting"


def about(comments: Sequence[Comment]) -> list[Mine]:
    """In the same order; five queries however many there are."""
    ids = [comment.id for comment in comments]
    if not ids:
        return []
    told = {comment.id: Mine(comment) for comment in comments}
    for comment_id, title in db.session.execute(queries.asked_under(ids)):
        told[comment_id].asked_under = title
    statements = db.session.scalars(queries.statements(ids)).all()
    decided: dict[int, list[Decision]] = {id_: [] for id_ in ids}
    restricted = {statement.comment_id for statement in statements}
    for decision in db.session.scalars(queries.standing(restricted)):
        decided[decision.comment_id].append(decision)
    appeals = {
        appeal.decision_id: appeal
        for appeal in db.session.scalars(queries.own_appeals([s.decision_id for s in statements]))
    }
    for statement in statements:
        after = decided[statement.comment_id]
        told[statement.comment_id].reasons.append(
            _reason(statement, after, appeals.get(statement.decision_id))
        )
    return list(told.values())


def _reason(statement: Statement, decided: Sequence[Decision], appeal: Appeal | None) -> Reason:
    """decided: what has been decided about the comment and not been undone, oldest first."""
    undone = all(decision.id != statement.decision_id for decision in decided)
    ended = None if undone else _ended(statement.decision_id, decided)
    holds = not undone and ended is None
    if undone or ended in {Action.APPROVE, Action.RESTORE}:
        won = appeal is not None and appeal.outcome is not None
        news = WON if won and not undone else REVERSED
    else:
        news = _of_appeal(appeal) if holds else REPLACED
    return Reason(
        statement, holds, news, _appeal_until(statement) if holds and not appeal else None
    )


def _appeal_until(statement: Statement) -> datetime | None:
    until = deadlines.appeal_until(statement.decision.decided_at)
    return until if until >= clock.now() else None


def _ended(decision_id: int, decided: Iterable[Decision]) -> Action | None:
    """The later decision by which a restriction no longer holds."""
    later = (decision for decision in decided if decision.id > decision_id)
    ending = {Action.APPROVE, Action.RESTORE, Action.HIDE, Action.HOLD}
    return next((decision.action for decision in later if decision.action in ending), None)


def _of_appeal(appeal: Appeal | None) -> str:
    if appeal is None:
        return ""
    if appeal.outcome is None:
        return APPEAL_OPEN
    return APPEAL_LOST if appeal.outcome is AppealOutcome.UPHELD else WON
