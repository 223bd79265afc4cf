"""What the record of work is asked for.

What every comment or report asks is built once, since building takes longer than answering; only
what differs is filled in.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload

from moderation.cases.decisions import Appeal, Decision, DecisionRole, Statement
from moderation.cases.models import Case, CaseKind, Outcome, Report, Track
from moderation.comments.status import Action
from moderation.database import BigInt
from moderation.people.models import Person
from moderation.policy.models import Clause

REMEMBERED = 100  # settled reports that make a reporter's precision
# open reports that make a comment's deadline: each counts for half of the one before
WEIGHED = 25


def effective(comment_id: int) -> Select[Decision]:
    """The decisions that count, oldest first."""
    return (
        select(Decision)
        .where(Decision.comment_id == comment_id, Decision.role == DecisionRole.EFFECTIVE)
        .order_by(Decision.id)
    )


def not_undone() -> Select[Decision]:
    """Effective decisions that stand: no undo, and none that an undo has taken back."""
    return select(Decision).where(
        Decision.role == DecisionRole.EFFECTIVE, Decision.action != Action.UNDO, ~_taken_back()
    )


def _taken_back() -> ColumnElement[bool]:
    undo = aliased(Decision)
    return exists().where(undo.supersedes_id == Decision.id, undo.action == Action.UNDO)


def decided_together(batch_id: int) -> Select[Decision]:
    """What stands of it, the card's own last."""
    return not_undone().where(Decision.batch_id == batch_id).order_by(Decision.id)


def last_statement(comment_id: int) -> Select[Statement]:
    """The newest statement of reasons that was not taken back, with clause and decision."""
    return (
        select(Statement)
        .join(Statement.decision)
        .where(Statement.comment_id == comment_id, ~_taken_back())
        .options(contains_eager(Statement.decision), joinedload(Statement.clause))
        .order_by(Statement.decision_id.desc())
        .limit(1)
    )


def latest(comment_id: int) -> Select[Decision]:
    """The newest decision that stands, if any."""
    return (
        not_undone().where(Decision.comment_id == comment_id).order_by(Decision.id.desc()).limit(1)
    )


def last_decision_id(comment_id: int) -> Select[int | None]:
    """Of all, undone or not. Served by ix_decision_comment."""
    return select(func.max(Decision.id)).where(Decision.comment_id == comment_id)


def latest_appealed(comment_id: int) -> Select[Decision]:
    """The newest outcome of an appeal about this comment, if any."""
    return (
        select(Decision)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.comment_id == comment_id, Case.kind == CaseKind.APPEAL)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def open_case(comment_id: int, kind: CaseKind) -> Select[Case]:
    return _open_case().params(comment=comment_id, kind=kind)


@cache
def _open_case() -> Select[Case]:
    return select(Case).where(
        Case.comment_id == bindparam("comment"),
        Case.kind == bindparam("kind"),
        Case.closed_at.is_(None),
    )


def newest_case(comment_id: int | InstrumentedAttribute[int]) -> Select[Case]:
    """The comment's open case, else the one closed last."""
    return (
        select(Case)
        .where(Case.comment_id == comment_id, Case.kind == CaseKind.REVIEW)
        .order_by(Case.closed_at.is_not(None), Case.id.desc())
        .limit(1)
    )


def unsettled(comment_id: int) -> Select[Report]:
    """Reports nobody has answered yet, oldest first."""
    return _unsettled().params(comment=comment_id)


@cache
def _unsettled() -> Select[Report]:
    return (
        select(Report)
        .where(Report.comment_id == bindparam("comment"), Report.settled_at.is_(None))
        .order_by(Report.id)
    )


def weighed(comment_id: int) -> Select[Report]:
    """At most WEIGHED of the `unsettled`, the newest first, with their clauses."""
    return _weighed().params(comment=comment_id)


@cache
def _weighed() -> Select[Report]:
    newest = _unsettled().order_by(None).order_by(Report.id.desc())
    return newest.limit(WEIGHED).options(joinedload(Report.clause))


def alleged(comment_id: int, clause_code: str | None) -> Select[int]:
    """One of the `unsettled` under this clause, or, without one, that is a notice of illegality."""
    if clause_code is None:
        return _alleged_illegal().params(comment=comment_id)
    return _alleged().params(comment=comment_id, code=clause_code)


@cache
def _alleged_illegal() -> Select[int]:
    return _unsettled().with_only_columns(Report.id).order_by(None).limit(1).where(_ILLEGAL)


@cache
def _alleged() -> Select[int]:
    found = _unsettled().with_only_columns(Report.id).order_by(None).limit(1)
    return found.join(Clause, Clause.id == Report.clause_id).where(
        ~_ILLEGAL, Clause.code == bindparam("code")
    )


_ILLEGAL = or_(Report.track == Track.ILLEGAL, Report.clause_id.is_(None))


def open_notices(comment_id: int) -> Select[Report]:
    return unsettled(comment_id).where(Report.track == Track.ILLEGAL)


def records(
    reporter_ids: Collection[int], emails: Collection[str]
) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    """(account, address, upheld, not upheld) of each reporter's newest settled reports.

    Reads at most REMEMBERED reports of anybody, however many they have sent.
    """
    accounts = _accounts().params(reporters=list(reporter_ids))
    if not emails:
        return accounts
    confirmed = Report.email_confirmed_at.is_not(None)
    sender = select(Report.email).where(Report.email.in_(emails), confirmed).distinct().subquery()
    addresses = select(
        literal(None, BigInt),
        sender.c.email,
        *_outcomes(sender, and_(Report.email == sender.c.email, confirmed)),
    )
    return union_all(accounts, addresses)


@cache
def _accounts() -> Select[*tuple[Any, ...]]:
    return select(
        Person.id, literal(None, String), *_outcomes(Person, Report.reporter_id == Person.id)
    ).where(Person.id.in_(bindparam("reporters", expanding=True)))


def checkers_records(site_id: int, checkers: Collection[str]) -> CompoundSelect[*tuple[Any, ...]]:
    """(checker, upheld, not upheld) of each machine's newest settled reports on a site."""
    here = Report.site_id == site_id
    return union_all(
        *(
            select(
                literal(checker),
                *_outcomes(None, and_(here, Report.checker == checker)),
            )
            for checker in sorted(checkers)
        )
    )


def senders_records(
    people: Collection[int], emails: Collection[str], checkers: Collection[str], *, site_id: int
) -> CompoundSelect[*tuple[Any, ...]]:
    """`records` and `checkers_records` at once: (account, address, machine, upheld, not upheld)."""
    known = records(people, emails).subquery()
    parts: list[Select[*tuple[Any, ...]]] = [
        select(*list(known.c)[:2], literal(None, String), *list(known.c)[2:])
    ]
    if checkers:
        measured = checkers_records(site_id, checkers).subquery()
        parts.append(select(literal(None, BigInt), literal(None, String), *measured.c))
    return union_all(*parts)


def _outcomes(sender: Any, theirs: ColumnElement[bool]) -> list[ScalarSelect[int]]:
    """How many of a sender's newest settled reports were upheld, and how many were not."""
    newest = (
        select(Report.outcome)
        .where(theirs, Report.outcome.in_((Outcome.UPHELD, Outcome.NOT_UPHELD)))
        .order_by(Report.settled_at.desc(), Report.id.desc())
        .limit(REMEMBERED)
        .correlate(*([] if sender is None else [sender]))
        .subquery()
    )
    return [
        select(func.count())
        .select_from(newest)
        .where(newest.c.outcome == outcome)
        .scalar_subquery()
        for outcome in (Outcome.UPHELD, Outcome.NOT_UPHELD)
    ]


def answer_to(comment_id: int, revision_id: int, clause_code: str) -> Select[Decision]:
    """A person's approval of this revision of the comment that already looked at this clause."""
    return _answer_to().params(comment=comment_id, revision=revision_id, code=clause_code)


@cache
def _answer_to() -> Select[Decision]:
    comment, code = bindparam("comment", type_=BigInt), bindparam("code", type_=String)
    seen = (
        exists()
        .where(Report.settled_by_id == Decision.id, Report.clause_id == Clause.id)
        .where(Report.comment_id == comment)
        .where(Clause.code == code)
    )
    named = exists().where(Clause.id == Decision.clause_id, Clause.code == code)
    return (
        not_undone()
        .where(
            Decision.comment_id == comment,  # by its index; there is none of revisions
            Decision.revision_id == bindparam("revision"),
            Decision.action.in_((Action.APPROVE, Action.RESTORE, Action.UPHOLD)),
            Decision.decided_by_id.is_not(None),
            or_(seen, named),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def open_appeals(decision_id: int) -> Select[Appeal]:
    return select(Appeal).where(Appeal.decision_id == decision_id, Appeal.settled_at.is_(None))
