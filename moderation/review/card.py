"""The card: a case with everything needed to decide it, ready to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.articles.models import Mode
from moderation.cases import queries as record
from moderation.cases import service as work
from moderation.cases.decide import BY_LAWYERS
from moderation.cases.decisions import Appeal
from moderation.cases.models import Case, CaseKind, Report
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.reports.rules import law_in_words
from moderation.review import dossier, words
from moderation.review.author import AuthorRecord, record_of
from moderation.review.choices import Choice, choices, rules
from moderation.review.conversation import Turn, turns
from moderation.review.service import OFFERED
from moderation.review.why import Signal, Why, why

HOUSE = "The article\u2019s mode"  # decides about comments when they arrive
MODES = {
    Mode.OPEN: "open",
    Mode.PREMODERATED: "every comment waits for a first look",
    Mode.CLOSED: "closed",
    Mode.HIDDEN: "hidden",
}


@dataclass(frozen=True)
class Reported:
    """One report as it is listed."""

    report: Report
    title: str
    sender: str
    record: str
    ago: str


@dataclass(frozen=True)
class Line:
    """Something decided or noted earlier. `action` is "" for a note."""

    id: int
    at: datetime
    ago: str
    by_id: int | None
    by: str
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

    @property
    def did(self) -> tuple[str, str]:
        return words.DID[self.action]


@dataclass(frozen=True)
class Change:
    """What moved a case: a person's decision, its author's withdrawal, or neither."""

    decision: Line | None
    is_withdrawn: bool


@dataclass(frozen=True)
class Card:
    """Everything about one case for one viewer."""

    case: Case
    why: Why
    standing: Status
    reports: Sequence[Reported]
    answered: Sequence[Reported]
    unlisted: int  # reports beyond those listed
    turns: Sequence[Turn]
    author: AuthorRecord
    history: Sequence[Line]
    elsewhere: Sequence[Line]
    notes: Sequence[Line]
    last: Line | None
    choices: Sequence[Choice]
    actions: frozenset[Action]
    appeals: Sequence[Appeal]
    obstacle: str
    now: datetime

    @property
    def offers(self) -> frozenset[str]:
        return frozenset(action.value for action in self.actions)

    @property
    def comment(self) -> Comment:
        return self.case.comment

    @property
    def mode(self) -> str:
        """The article's mode in force."""
        return MODES[self.comment.article.mode_at(self.now)]

    @property
    def holder(self) -> Person | None:
        """Who has the case in their hands right now."""
        live = self.case.lease_until is not None and self.case.lease_until > self.now
        return self.case.lease_holder if live else None


def card(case_id: int, *, viewer: Person, now: datetime) -> Card:
    """Load the card in a fixed number of queries. NotAllowed if it is the viewer's own affair."""
    case, version_id = db.session.execute(dossier.case(case_id)).one()
    found = db.session.execute(dossier.reports(case.comment_id)).all()
    reports = [report for report, _ in found]
    _refuse_own(case.comment, reports, viewer)
    signals = _signals(reports)
    lines = [
        _line(row, now)
        for row in db.session.execute(dossier.history(case.comment, viewer_id=viewer.id, now=now))
    ]
    about_this = [line for line in lines if line.comment_id == case.comment_id]
    appeals = _appeals(case)
    standing = _standing(case.comment)
    return Card(
        case=case,
        why=_why(case, signals, about_this, appeals, now),
        standing=standing,
        reports=[_reported(signal, now) for signal in signals],
        answered=[_reported(Signal(r, 0, 0), now) for r in reports if r.settled_at],
        unlisted=found[0][1] - len(found) if found else 0,
        turns=turns(case.comment, now),
        author=record_of(case.comment.author, now),
        history=[line for line in about_this if line.action],
        elsewhere=[line for line in lines if _is_elsewhere(line, case.comment)],
        notes=[line for line in about_this if not line.action],
        last=next((line for line in lines if line.is_last), None),
        choices=choices(rules(version_id) if version_id else (), signals),
        actions=_actions(case, standing, viewer),
        appeals=appeals,
        obstacle=_obstacle(case, about_this, viewer),
        now=now,
    )


def last_decision(viewer: Person, *, now: datetime) -> Line | None:
    """What the desk offers to undo when there is no card to show."""
    row = db.session.execute(dossier.last_undoable(viewer.id, now)).one_or_none()
    return _line(row, now) if row else None


def last_change(case_id: int, *, viewer: Person, now: datetime, since: datetime | None) -> Change:
    """What moved a case since the screen was drawn, or last if that is unknown."""
    comment = db.session.execute(dossier.comment_of(case_id)).scalar_one()
    work.refuse_own(comment, viewer)
    row = db.session.execute(dossier.latest(comment.id)).one_or_none()
    line = _line(row, now) if row else None
    is_new = line is not None and (since is None or line.at >= since)
    return Change(line if is_new else None, withdrawn_since(comment, since))


def withdrawn_since(comment: Comment, since: datetime | None) -> bool:
    at = comment.withdrawn_at
    return at is not None and (since is None or at >= since)


def _refuse_own(comment: Comment, reports: Sequence[Report], viewer: Person) -> None:
    """As `cases.service.refuse_own`; asks the database only if not all reports are at hand."""
    own = comment.author_id == viewer.id or any(r.reporter_id == viewer.id for r in reports)
    if own or len(reports) >= dossier.REPORTS:
        work.refuse_own(comment, viewer)


def _standing(comment: Comment) -> Status:
    """Where it would stand had its author not taken it back."""
    return work.standing_of(comment) if comment.withdrawn_at else comment.status


def _signals(reports: Sequence[Report]) -> list[Signal]:
    """The open reports, each with what its sender's earlier ones were worth."""
    pending = [report for report in reports if report.settled_at is None]
    people = {r.reporter_id for r in pending if r.reporter_id is not None}
    addresses = {r.email for r in pending if r.email and r.email_confirmed_at}
    known: dict[int | str | None, tuple[int, int]] = {}
    if people or addresses:
        for reporter_id, email, upheld, not_upheld in db.session.execute(
            record.records(people, addresses)
        ):
            known[reporter_id or email] = (int(upheld), int(not_upheld))
    return [Signal(r, *known.get(r.reporter_id or r.email, (0, 0))) for r in pending]


def _why(
    case: Case,
    signals: Sequence[Signal],
    about_this: Sequence[Line],
    appeals: Sequence[Appeal],
    now: datetime,
) -> Why:
    return why(
        case,
        case.comment.status,
        signals,
        now=now,
        was_published=any(line.action == Action.HOLD.value and line.by_id for line in about_this),
        appeals=["its author" if a.report_id is None else "a reporter" for a in appeals],
    )


def _line(row: Any, now: datetime) -> Line:
    shown = {name: getattr(row, name) for name in Line.__dataclass_fields__ if name != "ago"}
    shown["by"] = row.by or HOUSE
    return Line(ago=words.ago(row.at, now), **{**shown, "clause": row.clause or ""})


def _is_elsewhere(line: Line, comment: Comment) -> bool:
    return (
        line.author_id == comment.author_id and line.comment_id != comment.id and bool(line.action)
    )


def _reported(signal: Signal, now: datetime) -> Reported:
    report = signal.report
    title = report.clause.title if report.clause else law_in_words(report.law) or "It is illegal"
    if report.reporter is not None:
        sender = report.reporter.name
    else:
        sender = f"{report.name or 'somebody'} (no account)"
    return Reported(
        report=report,
        title=title,
        sender=sender,
        record=words.record(signal.upheld, signal.not_upheld),
        ago=words.ago(report.created_at, now),
    )


def _appeals(case: Case) -> Sequence[Appeal]:
    if case.kind is not CaseKind.APPEAL:
        return ()
    return db.session.scalars(dossier.appeals(case.id)).all()


def _actions(case: Case, standing: Status, viewer: Person) -> frozenset[Action]:
    """What the viewer may press. `cases.decide` has the last word."""
    if case.kind is CaseKind.APPEAL:
        return frozenset()
    actions = set(OFFERED.get(standing, ()))
    if case.closed_at is None:
        actions.add(Action.ESCALATE)
    if not viewer.may(Role.LEAD, Role.LAWYER):
        actions.discard(Action.HOLD)
    if viewer.role is Role.LAWYER:
        actions &= BY_LAWYERS
    return frozenset(actions)


def _obstacle(case: Case, about_this: Sequence[Line], viewer: Person) -> str:
    """Why the viewer may look but not decide; empty if they may."""
    if case.addressee is not None and not viewer.may(case.addressee, Role.LEAD):
        return (
            f"This case was handed to a {case.addressee.value}. You can read it and leave a note."
        )
    if (
        case.kind is CaseKind.APPEAL
        and case.closed_at is None
        and any(line.by_id == viewer.id for line in about_this if line.action)
    ):
        return "You have decided about this comment before, so somebody else hears the appeal."
    return ""
