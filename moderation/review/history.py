"""What was decided and noted on a comment, and lately on its author's others, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    exists,
    false,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from moderation.cases import service as work
from moderation.cases.decisions import Decision, DecisionRole
from moderation.cases.models import Case, CaseKind, Note
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.models import Person
from moderation.policy.models import Clause
from moderation.review import dossier, words
from moderation.review.author import REMEMBERED
from moderation.screening import checkers

HISTORY, ELSEWHERE = 20, 5  # decisions on this comment, and on the author's others
UNDO_FOR = timedelta(hours=24)  # how long the desk offers to undo the last decision
HOUSE = "The article\u2019s mode"  # decides about comments when they arrive


@dataclass(frozen=True)
class Line:
    """Something decided or noted earlier. `action` is "" for a note; `checker` names a machine."""

    id: int
    at: datetime
    ago: str
    by_id: int | None
    by: str
    checker: str | None
    action: str
    clause: str
    statement: str
    note: str
    comment_id: int
    case_id: int | None
    author_id: int
    author: str
    is_undone: bool
    is_last: bool  # the viewer's own last one, which the desk offers to undo
    others: int  # decided together with it

    @property
    def did(self) -> tuple[str, str]:
        return words.DID[self.action]

    @property
    def and_others(self) -> str:
        """Such as "and five others"; empty if it was decided alone."""
        return f"and {words.count(self.others, 'other')}" if self.others else ""


@dataclass(frozen=True)
class Change:
    """What moved a case: a person's decision, its author's withdrawal, or neither."""

    decision: Line | None
    is_withdrawn: bool


def lines(comment: Comment, *, viewer: Person, now: datetime) -> Sequence[Line]:
    """About `comment`, its author's others, and the viewer's own last decision; oldest first."""
    rows = db.session.execute(_history(comment, viewer_id=viewer.id, now=now))
    return [_line(row, now) for row in rows]


def last_decision(viewer: Person, *, now: datetime) -> Line | None:
    """What the desk offers to undo when there is no card to show."""
    row = db.session.execute(_last_undoable(viewer.id, now)).one_or_none()
    return _line(row, now) if row else None


def last_change(case_id: int, *, viewer: Person, now: datetime, since: datetime | None) -> Change:
    """What moved a case since the screen was drawn, or last if that is unknown."""
    comment = db.session.execute(dossier.comment_of(case_id)).scalar_one()
    work.refuse_own(comment, viewer)
    row = db.session.execute(_latest(comment.id)).one_or_none()
    line = _line(row, now) if row else None
    is_new = line is not None and (since is None or line.at >= since)
    return Change(line if is_new else None, withdrawn_since(comment, since))


def withdrawn_since(comment: Comment, since: datetime | None) -> bool:
    at = comment.withdrawn_at
    return at is not None and (since is None or at >= since)


def _line(row: Any, now: datetime) -> Line:
    shown = {name: getattr(row, name) for name in Line.__dataclass_fields__ if name != "ago"}
    shown["by"] = row.by or (checkers.called(row.checker) if row.checker else HOUSE)
    return Line(ago=words.ago(row.at, now), **{**shown, "clause": row.clause or ""})


def _history(comment: Comment, *, viewer_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    """What was decided and noted on this comment, lately on its author's others, and the viewer's
    own last decision that can be undone; oldest first.
    """
    about_this = (
        select(Decision.id)
        .where(Decision.comment_id == comment.id, Decision.role == DecisionRole.EFFECTIVE)
        .order_by(Decision.id.desc())
        .limit(HISTORY)
        .subquery()
    )
    others = (
        select(Comment.id)
        .where(Comment.author_id == comment.author_id, Comment.id != comment.id)
        .order_by(Comment.id.desc())
        .limit(REMEMBERED)
    )
    about_others = (
        select(Decision.id)
        .where(
            Decision.comment_id.in_(others),
            Decision.decided_by_id.is_not(None),
            Decision.action.in_((Action.HIDE, Action.RESTORE, Action.HOLD)),
        )
        .order_by(Decision.id.desc())
        .limit(ELSEWHERE)
        .subquery()
    )
    last = _last(viewer_id, now)
    ids = union_all(*(select(part.c.id) for part in (about_this, about_others, last)))
    decided = _decided(last).where(Decision.id.in_(ids))
    lines = union_all(decided, _noted(comment.id)).subquery()
    return select(lines).order_by(lines.c.at, lines.c.id)


def _last_undoable(viewer_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    """As a row of `_history`: the viewer's own last decision, while the desk offers to undo it."""
    last = _last(viewer_id, now)
    return _decided(last).where(Decision.id == select(last.c.id).scalar_subquery())


def _latest(comment_id: int) -> Select[*tuple[Any, ...]]:
    """As a row of `_history`: what a person decided last on this comment."""
    newest = (
        select(Decision.id)
        .where(
            Decision.comment_id == comment_id,
            Decision.role == DecisionRole.EFFECTIVE,
            Decision.decided_by_id.is_not(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .subquery()
    )
    return _decided(newest).where(Decision.id == select(newest.c.id).scalar_subquery())


def _last(viewer_id: int, now: datetime) -> Subquery:
    undo = aliased(Decision)
    return (
        select(Decision.id)
        .join(Case, and_(Case.id == Decision.case_id, Case.kind == CaseKind.REVIEW))
        .where(
            Decision.decided_by_id == viewer_id,
            Decision.decided_at > now - UNDO_FOR,
            Decision.action != Action.UNDO,
            ~exists().where(undo.supersedes_id == Decision.id),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .subquery()
    )


def _decided(last: Subquery) -> Select[*tuple[Any, ...]]:
    author = aliased(Person)
    undo = aliased(Decision)
    undone = exists().where(undo.supersedes_id == Decision.id, undo.action == Action.UNDO)
    return (
        select(
            literal("decision").label("what"),
            Decision.id.label("id"),
            Decision.decided_at.label("at"),
            Decision.decided_by_id.label("by_id"),
            Person.name.label("by"),
            Decision.checker.label("checker"),
            type_coerce(Decision.action, String).label("action"),
            Clause.title.label("clause"),
            Decision.statement.label("statement"),
            Decision.note.label("note"),
            Decision.comment_id.label("comment_id"),
            Decision.case_id.label("case_id"),
            Comment.author_id.label("author_id"),
            author.name.label("author"),
            undone.label("is_undone"),
            (Decision.id == select(last.c.id).scalar_subquery()).label("is_last"),
            others_with(Decision).label("others"),
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .join(author, author.id == Comment.author_id)
        .outerjoin(Person, Person.id == Decision.decided_by_id)
        .outerjoin(Clause, Clause.id == Decision.clause_id)
    )


@cache
def others_with(decision: type[Decision]) -> ScalarSelect[int]:
    """How many others were decided together with it, and still stand."""
    other, undo = aliased(Decision), aliased(Decision)
    return (
        select(func.count())
        .where(
            other.batch_id == decision.batch_id,
            other.id != decision.id,
            ~exists().where(undo.supersedes_id == other.id),
        )
        .correlate(decision)
        .scalar_subquery()
    )


def _noted(comment_id: int) -> Select[*tuple[Any, ...]]:
    def nothing() -> ColumnElement[str]:
        return literal("")

    return (
        select(
            literal("note"),
            Note.id,
            Note.created_at,
            Note.author_id,
            Person.name,
            null(),
            nothing(),
            nothing(),
            nothing(),
            Note.text,
            Case.comment_id,
            Note.case_id,
            Note.author_id,
            nothing(),
            false(),
            false(),
            literal(0),
        )
        .join(Case, Case.id == Note.case_id)
        .join(Person, Person.id == Note.author_id)
        .where(Case.comment_id == comment_id)
    )
