"""Decide: the one way in which a comment's status moves. And undo."""

from dataclasses import dataclass

from sqlalchemy.orm import joinedload

from moderation import events
from moderation.cases import evidence, moving, queries, service, settle, statements
from moderation.cases.decisions import Decision, How
from moderation.cases.models import LANE_LEGAL, Case, CaseKind, Report, Track
from moderation.cases.stale import NotLatest, StaleCase
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status, after
from moderation.database import db, saved
from moderation.errors import NotAllowed, Refused
from moderation.events.kinds import CaseEscalated
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy.models import Clause
from moderation.sites.models import Site

CLOSING = frozenset({Action.APPROVE, Action.HIDE, Action.RESTORE, Action.UPHOLD})
BY_LAWYERS = frozenset({Action.HIDE, Action.HOLD, Action.APPROVE, Action.UPHOLD, Action.ESCALATE})


@dataclass(frozen=True)
class Seen:
    """What was on the moderator's screen."""

    revision_id: int
    version: int


@dataclass(frozen=True)
class Reasons:
    """Under which clause, in which words to the author and to colleagues."""

    clause: Clause | None = None
    statement: str = ""
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """A machine that asks for a first look: its name and version, the clause it alleges.

    clause_id None: it could not look, so a person does.
    """

    checker: str
    version: str
    clause_id: int | None


def arrival(
    comment: Comment, action: Action, *, site: Site, asked: Asked | None = None
) -> Decision:
    """What the article's mode makes of a new comment: approve, or hold for a first look.

    asked: by which machine the first look is asked for, if by one.
    """
    how = How.RULE if asked else How.MODE
    decision = saved(
        Decision(
            site_id=site.id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            action=action,
            detected_how=how,
            decided_how=how,
            checker=asked.checker if asked else None,
            checker_version=asked.version if asked else "",
            clause_id=asked.clause_id if asked else None,
            status_before=Status.NEW,
        )
    )
    moving.move(comment, decision, after(Status.NEW, action), site=site)
    if comment.status is Status.PENDING:
        service.held_case(comment, site=site)
    return decision


def decide(case: Case, action: Action, *, by: Person, seen: Seen, reasons: Reasons) -> Decision:
    """Move the comment along, say who and why, answer its reports. The caller commits.

    Raises StaleCase if case or comment moved on since `seen`, or if the case is closed and a newer
    one open; IllegalMove if `action` does not apply, NotAllowed if `by` may not, Refused if a
    restriction lacks its reasons.
    """
    site, comment = check(case, action, by=by, seen=seen)
    return carry_out(case, comment, action, by=by, reasons=reasons, site=site)


def check(case: Case, action: Action, *, by: Person, seen: Seen) -> tuple[Site, Comment]:
    """The comment, locked, if `by` may do that to what they have seen. Raises as `decide` does."""
    site, _article, comment = service.lock(case.comment_id)
    db.session.refresh(case)
    if case.kind is CaseKind.APPEAL:
        raise Refused("This is an appeal: say whether the decision stands.")
    if (case.version, comment.revision_id) != (seen.version, seen.revision_id):
        raise StaleCase(case, service.latest_decision(comment))
    if case.closed_at is not None:
        newer = db.session.scalar(queries.open_case(comment.id, CaseKind.REVIEW))
        if newer is not None:
            raise StaleCase(newer, service.latest_decision(comment))
    _refuse(case, comment, action, by=by)
    return site, comment


def carry_out(
    case: Case,
    comment: Comment,
    action: Action,
    *,
    by: Person,
    reasons: Reasons,
    site: Site,
    batch_id: int | None = None,
) -> Decision:
    """What `check` has let pass. batch_id: the same for all that is decided together."""
    decision = record(case, comment, action, by=by, reasons=reasons, site=site, batch_id=batch_id)
    if action in CLOSING:
        settle.all_open(comment, decision, site=site)
        if case.closed_at is None:
            service.close(case)
    elif action is Action.HOLD:
        _bring_forward(case, comment, site=site)
    return decision


def escalate(case: Case, to: Role, *, by: Person, seen: Seen, note: str) -> Decision:
    """Hand the case to a lead or a lawyer; it stays open. Raises as `decide` does."""
    if case.closed_at is not None:
        raise Refused("This case is closed: there is nothing to hand on.")
    decision = decide(case, Action.ESCALATE, by=by, seen=seen, reasons=Reasons(note=note))
    case.addressee = to
    if to is Role.LAWYER:
        case.lane = min(case.lane, LANE_LEGAL)
    service.release(case)
    events.record(
        CaseEscalated(case_id=case.id, lane=case.lane, addressee=to.value), site_id=case.site_id
    )
    return decision


def record(
    case: Case,
    comment: Comment,
    action: Action,
    *,
    by: Person,
    reasons: Reasons,
    site: Site,
    supersedes: Decision | None = None,
    batch_id: int | None = None,
) -> Decision:
    """Store one decision with its statement, event and new status. Everything is locked."""
    before = service.standing_of(comment)
    new = after(before, action)
    restricts = statements.is_restriction(before, action)
    if restricts and (reasons.clause is None or not reasons.statement.strip()):
        raise Refused("Choose the clause that is broken, and tell the author why.")
    decision = saved(
        Decision(
            id=service.next_decision_id(comment),
            site_id=site.id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            case_id=case.id,
            action=action,
            clause_id=reasons.clause.id if reasons.clause else None,
            statement=reasons.statement.strip(),
            note=reasons.note.strip(),
            decided_by_id=by.id,
            detected_how=supersedes.detected_how if supersedes else _detected(comment),
            supersedes_id=supersedes.id if supersedes else None,
            batch_id=batch_id,
            status_before=before,
            case_was_open=case.closed_at is None,
            lane_before=case.lane,
            addressee_before=case.addressee,
        )
    )
    case.version += 1
    moving.move(comment, decision, new, site=site)
    moving.tell_author(comment, decision, reasons.clause, site=site)
    return decision


def undo(decision: Decision, *, by: Person) -> Decision:
    """Take `decision` back: the status before, the case with its old deadline, its reports open.

    Raises NotLatest if it no longer stands, NotAllowed for somebody else's or an appeal's.
    """
    site, _article, comment = service.lock(decision.comment_id)
    case = (
        db.session.get_one(Case, decision.case_id, populate_existing=True)
        if decision.case_id
        else None
    )
    if case is None or decision.decided_by_id is None:
        raise NotAllowed("The house's own first decision on a comment cannot be taken back.")
    _refuse_undo(decision, case, comment, by=by)
    back = saved(
        Decision(
            id=service.next_decision_id(comment),
            site_id=site.id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            case_id=case.id,
            action=Action.UNDO,
            decided_by_id=by.id,
            detected_how=decision.detected_how,
            supersedes_id=decision.id,
            status_before=service.standing_of(comment),
            case_was_open=case.closed_at is None,
            lane_before=case.lane,
            addressee_before=case.addressee,
        )
    )
    case.version += 1
    case.addressee = decision.addressee_before
    moving.move(comment, back, decision.status_before, site=site)
    moving.tell_undone(decision, back, comment, site=site)
    settle.take_back(decision, site=site)
    _put_back(case, decision, comment)
    return back


def _put_back(case: Case, decision: Decision, comment: Comment) -> None:
    """Open or closed as before `decision`, in the lane before: unless a report asks for more."""
    found = queries.unsettled(comment.id).options(joinedload(Report.clause))
    asked = [evidence.lane(report) for report in db.session.scalars(found)]
    before = decision.lane_before if decision.lane_before is not None else case.lane
    case.lane = min([before, *asked])
    if decision.case_was_open and case.closed_at is not None:
        service.reopen(case)
    elif not decision.case_was_open and case.closed_at is None and not asked:
        service.close(case)


def _refuse(case: Case, comment: Comment, action: Action, *, by: Person) -> None:
    service.refuse_own(comment, by)
    if action is Action.HOLD and not by.may(Role.LEAD, Role.LAWYER):
        raise NotAllowed("Only a lead or a lawyer can put a comment on hold.")
    if by.role is Role.LAWYER and (case.lane > LANE_LEGAL or action not in BY_LAWYERS):
        raise NotAllowed("A lawyer decides in the legal lanes only.")
    if case.addressee is not None and not by.may(case.addressee, Role.LEAD):
        raise NotAllowed(f"This case was handed to a {case.addressee.value}.")
    if action is Action.RESTORE and _hidden_by_appeal(comment):
        raise NotAllowed("An appeal decided that it stays off the page: it is not restored here.")


def _refuse_undo(decision: Decision, case: Case, comment: Comment, *, by: Person) -> None:
    service.refuse_own(comment, by)
    if case.kind is CaseKind.APPEAL:
        raise NotAllowed("An appeal's outcome is final here.")
    if decision.decided_by_id != by.id and not by.may(Role.LEAD):
        raise NotAllowed("This is a colleague's decision: ask a lead to take it back.")
    latest = service.latest_decision(comment)
    if latest is None or latest.id != decision.id or decision.action is Action.UNDO:
        raise NotLatest
    if db.session.scalar(queries.open_appeals(decision.id).limit(1)) is not None:
        raise NotAllowed("An appeal against this decision is open: its outcome will decide.")


def _hidden_by_appeal(comment: Comment) -> bool:
    """Whether the last appeal ended with the comment off the page, whatever was noted since."""
    last = db.session.scalar(queries.latest_appealed(comment.id))
    if last is None:
        return False
    return after(last.status_before, last.action) is Status.HIDDEN


def _detected(comment: Comment) -> How:
    reports = list(db.session.scalars(queries.unsettled(comment.id)))
    if any(report.track is Track.ILLEGAL for report in reports):
        return How.NOTICE
    if any(report.checker is None for report in reports):
        return How.REPORT
    if reports:
        return How.RULE
    return How.MODE if comment.status is Status.PENDING else How.PERSON


def _bring_forward(case: Case, comment: Comment, *, site: Site) -> None:
    held_until = evidence.held_until(comment, site.settings)
    if held_until is not None:
        case.due_at = min(case.due_at, held_until)
    if case.closed_at is not None:
        service.reopen(case)
