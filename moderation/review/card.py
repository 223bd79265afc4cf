"""The card: a case with everything needed to decide it, ready to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.articles.models import Mode
from moderation.cases import service as work
from moderation.cases.decide import BY_LAWYERS
from moderation.cases.decisions import Appeal
from moderation.cases.models import Case, CaseKind, Report
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.review import beside, dossier, history, queries, reported
from moderation.review.author import AuthorRecord, record_of
from moderation.review.beside import Beside
from moderation.review.choices import Choice, choices, rules
from moderation.review.conversation import Turn, turns
from moderation.review.history import Line
from moderation.review.others import About
from moderation.review.reported import Reported
from moderation.review.service import OFFERED
from moderation.review.why import Signal, Why, why

MODES = {
    Mode.OPEN: "open",
    Mode.PREMODERATED: "every comment waits for a first look",
    Mode.CLOSED: "closed",
    Mode.HIDDEN: "hidden",
}


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
    beside: Beside
    obstacle: str
    now: datetime

    @property
    def offers(self) -> frozenset[str]:
        return frozenset(action.value for action in self.actions)

    @property
    def may_take_along(self) -> bool:
        """Whether others can be decided with it."""
        return bool(self.actions - {Action.ESCALATE}) and not self.obstacle

    @property
    def joining(self) -> int:
        """How many others can be decided with it."""
        return self.beside.joining if self.may_take_along else 0

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
        until = self.case.lease_until
        live = until is not None and queries.is_held(until, self.now)
        return self.case.lease_holder if live else None


def card(case_id: int, *, viewer: Person, now: datetime) -> Card:
    """Load the card in a fixed number of queries. NotAllowed if it is the viewer's own affair."""
    case, version_id, signature = db.session.execute(dossier.case(case_id)).one()
    found = db.session.execute(dossier.reports(case.comment_id)).all()
    _refuse_own(case.comment, [report for report, _ in found], viewer)
    covered = beside.is_covered(case)
    reports = [report for report, _ in found if not (covered and report.checker)]
    signals = reported.signals(reports, site_id=case.site_id)
    lines = history.lines(case.comment, viewer=viewer, now=now)
    about_this = [line for line in lines if line.comment_id == case.comment_id]
    if covered:
        about_this = [line for line in about_this if not line.checker]
    appeals = _appeals(case)
    standing = _standing(case.comment)
    author = _author(case.comment, reports, now)
    clauses = rules(version_id) if version_id else ()
    about = About(case, standing, viewer, now)
    return Card(
        case=case,
        why=_why(case, signals, about_this, appeals, now),
        standing=standing,
        reports=[reported.listed(signal, now) for signal in signals],
        answered=[reported.listed(Signal(r, 0, 0), now) for r in reports if r.settled_at],
        unlisted=found[0][1] - len(found) if found else 0,
        turns=turns(case.comment, now),
        author=author,
        history=[line for line in about_this if line.action],
        elsewhere=[line for line in lines if _is_elsewhere(line, case.comment)],
        notes=[line for line in about_this if not line.action],
        last=next((line for line in lines if line.is_last), None),
        choices=choices(clauses, signals),
        actions=_actions(case, standing, viewer),
        appeals=appeals,
        beside=beside.load(about, signature, reports, author.reported, clauses),
        obstacle=_obstacle(case, about_this, viewer),
        now=now,
    )


def _author(comment: Comment, reports: Sequence[Report], now: datetime) -> AuthorRecord:
    reporters = {r.reporter_id for r in reports if r.reporter_id is not None}
    return record_of(comment.author, now, reporters=reporters, but=comment.id)


def _refuse_own(comment: Comment, reports: Sequence[Report], viewer: Person) -> None:
    """As `cases.service.refuse_own`; asks the database only if not all reports are at hand."""
    own = comment.author_id == viewer.id or any(r.reporter_id == viewer.id for r in reports)
    if own or len(reports) >= dossier.REPORTS:
        work.refuse_own(comment, viewer)


def _standing(comment: Comment) -> Status:
    """Where it would stand had its author not taken it back."""
    return work.standing_of(comment) if comment.withdrawn_at else comment.status


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
        held_by=_held_by(about_this),
        was_undone=any(line.is_undone for line in about_this),
        appeals=["its author" if a.report_id is None else "a reporter" for a in appeals],
    )


def _held_by(about_this: Sequence[Line]) -> str:
    """Who keeps it off the page until somebody looks, as `why` takes it; "" for its article."""
    held = [line for line in about_this if line.action == Action.HOLD.value and not line.is_undone]
    if any(line.by_id for line in held):
        return "person"
    return "check" if any(line.checker for line in held) else ""


def _is_elsewhere(line: Line, comment: Comment) -> bool:
    return (
        line.author_id == comment.author_id and line.comment_id != comment.id and bool(line.action)
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
