"""The log: decisions of one site, newest first, found by who, what, which clause, and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    bindparam,
    column,
    exists,
    false,
    func,
    select,
    table,
    text,
)
from sqlalchemy.orm import aliased, joinedload

from moderation.cases import searching
from moderation.cases.decisions import Appeal, Decision, DecisionRole, LogWords
from moderation.cases.models import LANE_LEGAL, Case, CaseKind, Report
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role, has_power
from moderation.policy.models import Clause, PolicyVersion
from moderation.review import words
from moderation.review.history import others_with
from moderation.review.queries import Desk
from moderation.screening import checkers

PAGE = 50
HOUSE = "mode"  # as a filter: what articles' modes and checks decided
STAFF = (Role.MODERATOR, Role.LEAD, Role.LAWYER, Role.ADMIN)
MOST_WORDS = 12
LARGEST_ID = 2**63 - 1
# made by the second migration
INDEX = table("log_words_index", column("rowid", Integer))


@dataclass(frozen=True)
class Wanted:
    """What to look for; empty means everything. after: the last id of the page before."""

    words: str = ""
    who: str = ""
    action: Action | None = None
    clause: str = ""
    after: int | None = None


@dataclass(frozen=True)
class Entry:
    """One decision. may_undo: it stands, and it is the viewer's or the viewer is a lead.

    others: decided together with it, and not taken back.
    """

    decision: Decision
    is_undone: bool
    may_undo: bool
    others: int

    @property
    def by(self) -> str:
        """Who decided, for everybody but the viewer."""
        if self.decision.decided_by is not None:
            return self.decision.decided_by.name
        checker = self.decision.checker
        return checkers.called(checker) if checker else "The article\u2019s mode"

    @property
    def together(self) -> str:
        """Such as "one of six decided together"; empty if it was decided alone."""
        return f"one of {words.number(self.others + 1)} decided together" if self.others else ""

    @property
    def did(self) -> tuple[str, str]:
        return words.DID[self.decision.action.value]

    @property
    def excerpt(self) -> str:
        return words.excerpt(self.decision.revision.body)


@dataclass(frozen=True)
class Page:
    """Decisions by day, newest first. after: where the next page goes on, None at the end."""

    days: Sequence[tuple[date, Sequence[Entry]]]
    after: int | None


def page(desk: Desk, wanted: Wanted) -> Page:
    """One page of the log, in one query."""
    rows = db.session.execute(decisions(desk, wanted)).all()
    shown = [_entry(desk, row) for row in rows[:PAGE]]
    days = groupby(shown, key=lambda entry: entry.decision.decided_at.date())
    return Page(
        days=[(day, list(entries)) for day, entries in days],
        after=shown[-1].decision.id if len(rows) > PAGE else None,
    )


def decisions(desk: Desk, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """(decision, undone, replaced by a later one, contested, how many others were decided with it),
    newest first, one more than a page.

    Nothing about a comment that the viewer wrote or reported: there they are a reader.
    """
    found = (
        select(Decision, _undone(), _replaced(), _contested(), others_with(Decision))
        .where(
            Decision.site_id == desk.site_id,
            Decision.role == DecisionRole.EFFECTIVE,
            ~exists().where(Comment.id == Decision.comment_id, Comment.author_id == desk.person_id),
            ~exists().where(
                Report.comment_id == Decision.comment_id, Report.reporter_id == desk.person_id
            ),
            *_wanted(wanted),
        )
        .options(*_shown())
        .order_by(Decision.id.desc())
        .limit(PAGE + 1)
    )
    if desk.role is Role.LAWYER:
        found = found.where(exists().where(Case.id == Decision.case_id, Case.lane <= LANE_LEGAL))
    return found


def staff() -> Select[Person]:
    """Whom the log can be filtered by."""
    return select(Person).where(Person.role.in_(STAFF)).order_by(Person.name, Person.id).limit(200)


def clause_titles(site_id: int) -> Select[str, str]:
    """(code, title) of every clause the site has ever had, the newest wording last."""
    return (
        select(Clause.code, Clause.title)
        .join(PolicyVersion, PolicyVersion.id == Clause.version_id)
        .where(PolicyVersion.site_id == site_id)
        .order_by(PolicyVersion.number, Clause.position, Clause.id)
    )


def _shown() -> list[Any]:
    comment = joinedload(Decision.comment)
    return [
        comment.joinedload(Comment.author),
        comment.joinedload(Comment.article),
        joinedload(Decision.revision),
        joinedload(Decision.clause),
        joinedload(Decision.decided_by),
        joinedload(Decision.case),
    ]


def _entry(desk: Desk, row: Row[*tuple[Any, ...]]) -> Entry:
    decision: Decision = row[0]
    undone, replaced, contested = (bool(flag) for flag in row[1:4])
    own = decision.decided_by_id == desk.person_id or has_power(desk.role, Role.LEAD)
    stands = not (undone or replaced or contested) and decision.action is not Action.UNDO
    reviewed = decision.case is not None and decision.case.kind is CaseKind.REVIEW
    return Entry(decision, undone, own and stands and reviewed, row[4])


def _undone() -> ColumnElement[bool]:
    undo = aliased(Decision)
    return exists().where(undo.supersedes_id == Decision.id, undo.action == Action.UNDO)


def _replaced() -> ColumnElement[bool]:
    """A later decision on the same comment stands."""
    later, undo = aliased(Decision), aliased(Decision)
    return exists().where(
        later.comment_id == Decision.comment_id,
        later.id > Decision.id,
        later.role == DecisionRole.EFFECTIVE,
        later.action != Action.UNDO,
        ~exists().where(undo.supersedes_id == later.id, undo.action == Action.UNDO),
    )


def _contested() -> ColumnElement[bool]:
    return exists().where(Appeal.decision_id == Decision.id, Appeal.settled_at.is_(None))


def _wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.after is not None and wanted.after <= LARGEST_ID:
        conditions.append(Decision.id < wanted.after)
    if wanted.who == HOUSE:
        conditions.append(Decision.decided_by_id.is_(None))
    else:  # what every comment gets on arrival would drown what people do
        conditions.append(Decision.decided_by_id.is_not(None))
    if wanted.who.isdecimal() and len(wanted.who) < 20 and int(wanted.who) <= LARGEST_ID:
        conditions.append(Decision.decided_by_id == int(wanted.who))
    if wanted.action is not None:
        conditions.append(Decision.action == wanted.action)
    if wanted.clause:
        conditions.append(
            exists().where(Clause.id == Decision.clause_id, Clause.code == wanted.clause)
        )
    if wanted.words:
        conditions.append(_says(wanted))
    return conditions


def _says(wanted: Wanted) -> ColumnElement[bool]:
    """The words of the comment, the statement or the note begin with each of these.

    What was typed never reaches a search engine's own language: only letters and digits of it do.
    """
    typed = searching.words(wanted.words)[:MOST_WORDS]
    if not typed:
        return false()
    if db.engine.dialect.name == "sqlite":
        query = " ".join(f'"{word}"*' for word in typed)
        match = text("log_words_index MATCH :words").bindparams(bindparam("words", query))
        return Decision.id.in_(select(INDEX.c.rowid).where(match))
    query = " & ".join(f"'{word}':*" for word in typed)
    vector = func.to_tsvector(text("'simple'"), LogWords.words)
    said = vector.bool_op("@@")(func.to_tsquery(text("'simple'"), query))
    return Decision.id.in_(select(LogWords.decision_id).where(said))
