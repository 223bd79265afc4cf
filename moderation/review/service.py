"""The desk: deal a case, hold on to it, decide, undo, skip, leave a note. Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from moderation import clock, events
from moderation.cases import decide as cases
from moderation.cases import queries as record
from moderation.cases import service as work
from moderation.cases import together
from moderation.cases.decide import Reasons, Seen
from moderation.cases.decisions import Decision
from moderation.cases.models import Case, CaseKind, Note
from moderation.cases.stale import StaleCase
from moderation.cases.together import Another, Undone
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status, allowed
from moderation.database import db, saved
from moderation.errors import IllegalMove, Missing, NotAllowed
from moderation.events.kinds import NoteAdded
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy import service as policy
from moderation.review import queries
from moderation.review.queries import LEASE, SKIPPED, Desk
from moderation.sites.models import Site

RENEW_BELOW = timedelta(seconds=60)
LARGEST_ID = 2**63 - 1
FROM_BELOW = 4  # one deal in so many goes to a lower lane

# what the desk offers besides escalation; `cases.decide` has the last word
OFFERED = {
    Status.PENDING: (Action.APPROVE, Action.HIDE),
    Status.PUBLISHED: (Action.APPROVE, Action.HIDE, Action.HOLD),
    Status.HIDDEN: (Action.RESTORE, Action.UPHOLD, Action.HIDE),
}


@dataclass(frozen=True)
class Lane:
    """What waits in one lane. count: at most COUNTED + 1."""

    number: int
    count: int
    due_at: datetime


@dataclass(frozen=True)
class Dealt:
    """What `deal` found: a case, or None if nothing waits for this person; and what waits."""

    case_id: int | None
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class TakenBack:
    """case: of the decision, to go on with."""

    case: Case
    undone: Undone


@dataclass(frozen=True)
class Pulse:
    """What a look at a case every few seconds finds."""

    version: int
    is_closed: bool
    held_until: datetime | None  # by whoever looks
    is_free: bool


def desk_of(person: Person, site: Site, *, now: datetime) -> Desk:
    """`person` at the desk of `site`."""
    return Desk(person.id, person.role, site.id, now)


def deal(person: Person, desk: Desk) -> Dealt:
    """The case this person holds, else the next one, leased to them.

    One deal in four comes from a lower lane, so that nothing starves. A guarded UPDATE takes the
    case: two people are never dealt the same one.
    """
    found = standing(desk)
    return Dealt(found.case_id or _deal_next(person, desk), found.lanes)


def standing(desk: Desk) -> Dealt:
    """The case this person holds, and what waits; deals nothing."""
    case_id, *waiting = db.session.execute(queries.standing(desk)).one()
    lanes = tuple(
        Lane(number, count, due_at)
        for number, count, due_at in zip(desk.lanes, waiting[::2], waiting[1::2], strict=True)
        if count
    )
    return Dealt(case_id, lanes)


def _deal_next(person: Person, desk: Desk) -> int | None:
    case_id: int | None = None
    until = desk.now + LEASE
    if person.deals % FROM_BELOW == FROM_BELOW - 1:
        case_id = db.session.scalar(queries.lease(desk, queries.next_case_from_below(desk), until))
    if case_id is None:  # as usual; or somebody else was quicker at the lower lane
        case_id = db.session.scalar(queries.lease(desk, queries.next_case(desk), until))
    if case_id is not None:
        db.session.execute(
            update(Person).where(Person.id == person.id).values(deals=Person.deals + 1)
        )
    return case_id


def look(desk: Desk, case_id: int) -> Pulse:
    """Where a case stands; Missing if it is none of this person's, NotAllowed if it is their own
    affair.
    """
    row = None
    if case_id <= LARGEST_ID:
        row = db.session.execute(queries.pulse(desk, case_id)).one_or_none()
    if row is None:
        raise Missing("There is no such case.")
    version, holder_id, until, closed_at, is_somebody_elses = row
    if not is_somebody_elses:
        raise NotAllowed("You wrote or reported this comment, so somebody else decides about it.")
    live = until is not None and queries.is_held(until, desk.now)
    mine = live and holder_id == desk.person_id
    return Pulse(version, closed_at is not None, until if mine else None, not live)


def needs_renewal(pulse: Pulse, *, now: datetime) -> bool:
    """Whether whoever looks should write: little is left of their lease, or nobody has one."""
    if pulse.is_closed:
        return False
    if pulse.held_until is None:
        return pulse.is_free
    return pulse.held_until - now < RENEW_BELOW


def renew(desk: Desk, case_id: int) -> bool:
    """Hold on to a case, or take it if nobody has it; False if somebody else has, or it is not
    for this person.
    """
    leased = db.session.scalar(queries.hold(desk, case_id, desk.now + LEASE))
    return leased is not None


def find(desk: Desk, case_id: int) -> Case:
    """A case of this site, in lanes that this person sees. Missing otherwise."""
    case = None
    if case_id <= LARGEST_ID:
        case = db.session.scalar(queries.in_reach(desk, case_id))
    if case is None:
        raise Missing("There is no such case, or it is not for you.")
    return case


def find_decision(desk: Desk, decision_id: int) -> Decision:
    """A decision of this site, in lanes that this person sees. Missing otherwise."""
    decision = db.session.get(Decision, decision_id)
    if decision is None or decision.site_id != desk.site_id:
        raise Missing("There is no such decision to take back.")
    if decision.case_id is not None:
        find(desk, decision.case_id)
    return decision


def decide(
    case: Case,
    action: Action,
    *,
    by: Person,
    seen: Seen,
    code: str,
    statement: str,
    note: str,
    others: Sequence[Another] = (),
) -> Decision:
    """One decision from the desk, about `others` too. An empty statement is the clause's own.

    Raises Missing for a clause that is not in force, and what `cases.together` raises.
    """
    comment = db.session.get_one(Comment, case.comment_id)
    standing = work.standing_of(comment) if comment.withdrawn_at else comment.status
    if action not in allowed(standing) or action not in OFFERED[standing]:
        _refuse_stale(case, comment, seen)
        raise IllegalMove("This no longer fits where the comment stands. Look at it again.")
    clause = policy.find_clause(db.session.get_one(Site, case.site_id), code) if code else None
    if clause is not None and not statement:
        statement = clause.plain
    reasons = Reasons(clause, statement if clause else "", note)
    return together.decide(case, action, others, by=by, seen=seen, reasons=reasons)


def escalate(case: Case, to: Role, *, by: Person, seen: Seen, note: str) -> Decision:
    return cases.escalate(case, to, by=by, seen=seen, note=note)


def _refuse_stale(case: Case, comment: Comment, seen: Seen) -> None:
    """What no longer fits most often no longer fits because a colleague was first."""
    if (case.version, comment.revision_id) != (seen.version, seen.revision_id):
        raise StaleCase(case, work.latest_decision(comment))


def undo(decision: Decision, *, by: Person, alone: bool = False) -> TakenBack:
    """Take a decision back, and what was decided together with it unless `alone`.

    Its case is back in the hands of whoever did so, if it is open.
    """
    now = clock.now()
    undone = Undone([cases.undo(decision, by=by)]) if alone else together.undo(decision, by=by)
    db.session.flush()
    back = undone.back[-1]
    case = db.session.scalar(record.open_case(back.comment_id, CaseKind.REVIEW))
    if case is None:
        return TakenBack(db.session.get_one(Case, back.case_id), undone)
    desk = Desk(by.id, by.role, case.site_id, now)
    if renew(desk, case.id):
        for other in db.session.scalars(queries.other_leases(desk, case.id)):
            work.release(other)
    return TakenBack(case, undone)


def skip(case: Case, *, by: Person) -> None:
    """Not this one, not now: somebody else may have it."""
    work.skip(case, by=by, until=clock.now() + SKIPPED)


def add_note(case: Case, text: str, *, by: Person) -> Note:
    """A word to colleagues; changes nothing else, not even the version."""
    comment = db.session.get_one(Comment, case.comment_id)
    refuse_own(comment, by)
    note = saved(Note(case_id=case.id, author_id=by.id, text=text))
    events.record(
        NoteAdded(case_id=case.id, note_id=note.id, person_id=by.id), site_id=case.site_id
    )
    return note


def refuse_own(comment: Comment, person: Person) -> None:
    """Whoever wrote or reported a comment sees nothing of its case."""
    work.refuse_own(comment, person)


def set_keys(person: Person, *, on: bool) -> None:
    """Whether single keys decide on this person's desk."""
    person.keys_on = on
