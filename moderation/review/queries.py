"""The queue: which case somebody holds, which they are dealt next, how much waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from moderation import clock
from moderation.cases.decisions import Decision, DecisionRole
from moderation.cases.models import (
    LANE_DANGER,
    LANE_LEGAL,
    LANE_REST,
    Case,
    CaseKind,
    Note,
    Report,
    Skip,
)
from moderation.comments.models import Comment
from moderation.people.models import Person
from moderation.people.roles import Role

LANES = (LANE_DANGER, LANE_LEGAL, LANE_REST)
LEASE = timedelta(seconds=90)
SKIPPED = timedelta(minutes=30)
COUNTED = 100  # beyond, a lane has "more than 100"


@dataclass(frozen=True)
class Desk:
    """Somebody at the desk of one site, at one moment."""

    person_id: int
    role: Role
    site_id: int
    now: datetime

    @property
    def lanes(self) -> tuple[int, ...]:
        return LANES[: LANE_LEGAL + 1] if self.role is Role.LAWYER else LANES


ADDRESSED: dict[Role, tuple[Role, ...]] = {
    Role.MODERATOR: (),
    Role.LAWYER: (Role.LAWYER,),
    Role.LEAD: (Role.LEAD, Role.LAWYER),
    Role.ADMIN: (Role.LEAD, Role.LAWYER),
}


def held(desk: Desk) -> Select[int]:
    """The case in this person's hands."""
    return (
        select(Case.id)
        .where(
            Case.lease_holder_id == desk.person_id,
            Case.lease_until > desk.now,
            *_fit(desk),
        )
        .order_by(Case.lease_until.desc(), Case.id)
        .limit(1)
    )


def first(desk: Desk) -> Select[*tuple[Any, ...]]:
    """What is dealt next: by lane, then by deadline. Served by ix_case_queue."""
    return _waiting(desk, Case.id).with_for_update(skip_locked=True)


def first_of_lower(desk: Desk) -> Select[*tuple[Any, ...]]:
    """The most overdue case of the lanes below the one dealt next."""
    top = _waiting(desk, Case.lane).scalar_subquery()
    candidates = union_all(
        *(
            _waiting(desk, Case.id, Case.due_at)
            .where(Case.lane == lane, literal(lane) > top)
            .subquery()
            .select()
            for lane in desk.lanes[1:]
        )
    ).subquery()
    return select(candidates.c.id).order_by(candidates.c.due_at, candidates.c.id).limit(1)


def lease(desk: Desk, case_id: ScalarSelect[int] | int, until: datetime) -> ReturningUpdate[int]:
    """Take a case that nobody else holds, or hold on to it; returns its id, or nothing."""
    mine = Case.lease_holder_id == desk.person_id
    return (
        update(Case)
        .where(Case.id == case_id, Case.closed_at.is_(None), or_(_free(desk.now), mine))
        .values(lease_holder_id=desk.person_id, lease_until=until)
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )


def hold(desk: Desk, case_id: int, until: datetime) -> ReturningUpdate[int]:
    """As `lease`, and only what this person could be dealt: to look at a case takes it from nobody
    else.
    """
    return lease(desk, case_id, until).where(*_fit(desk))


def next_case(desk: Desk) -> ScalarSelect[Any]:
    return first(desk).scalar_subquery()


def next_case_from_below(desk: Desk) -> ScalarSelect[Any]:
    """From a lower lane if one waits there, else simply the next."""
    below = first_of_lower(desk).scalar_subquery()
    return select(func.coalesce(below, next_case(desk))).scalar_subquery()


def standing(desk: Desk) -> Select[*tuple[Any, ...]]:
    """The state of the desk in one row: (case held, then for each lane a count and a deadline).

    Counts stop at COUNTED + 1, so that the size of the queue does not matter.
    """
    columns: list[Any] = [held(desk).scalar_subquery()]
    for lane in desk.lanes:
        # both in the index's order, so that nothing but the index is read
        here = (
            select(Case.due_at)
            .where(Case.lane == lane, Case.closed_at.is_(None), Case.site_id == desk.site_id)
            .order_by(Case.due_at, Case.id)
        )
        columns += [
            select(func.count()).select_from(here.limit(COUNTED + 1).subquery()).scalar_subquery(),
            here.limit(1).scalar_subquery(),
        ]
    return select(*columns)


def in_reach(desk: Desk, case_id: int) -> Select[Case]:
    """The case, if it belongs to this site and to lanes that this person sees."""
    return select(Case).where(
        Case.id == case_id, Case.lane.in_(desk.lanes), Case.site_id == desk.site_id
    )


def pulse(
    desk: Desk, case_id: int
) -> Select[int, int | None, datetime | None, datetime | None, bool]:
    """(version, lease holder, lease end, closing, whether it is somebody else's affair): all that a
    look every few seconds needs.
    """
    return select(
        Case.version,
        Case.lease_holder_id,
        Case.lease_until,
        Case.closed_at,
        and_(*_somebody_elses(desk.person_id)),
    ).where(Case.id == case_id, Case.lane.in_(desk.lanes), Case.site_id == desk.site_id)


def other_leases(desk: Desk, but: int) -> Select[Case]:
    return select(Case).where(
        Case.lease_holder_id == desk.person_id, Case.lease_until > desk.now, Case.id != but
    )


def notes(case_id: int) -> Select[Note, str]:
    """The notes on a case with their authors' names, oldest first."""
    return (
        select(Note, Person.name)
        .join(Person, Person.id == Note.author_id)
        .where(Note.case_id == case_id)
        .order_by(Note.id)
    )


def _waiting(desk: Desk, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .where(_free(desk.now), *_fit(desk))
        .order_by(Case.lane, Case.due_at, Case.id)
        .limit(1)
    )


def is_held(until: datetime, now: datetime) -> bool:
    """Whether a lease that ends then is one: `_free` in Python."""
    return clock.is_to_come(until, now=now, within=2 * LEASE)


def _free(now: datetime) -> ColumnElement[bool]:
    """Or leased until a moment that only a clock can have named that was put back since."""
    return or_(
        Case.lease_until.is_(None), Case.lease_until <= now, Case.lease_until > now + 2 * LEASE
    )


def _fit(desk: Desk) -> list[ColumnElement[bool]]:
    """Open, and nothing stands between this person and the case."""
    me = desk.person_id
    conditions: list[ColumnElement[bool]] = [
        Case.closed_at.is_(None),
        Case.site_id == desk.site_id,
        or_(Case.addressee.is_(None), Case.addressee.in_(ADDRESSED[desk.role])),
        *_somebody_elses(me),
        ~exists().where(
            Skip.person_id == me,
            Skip.case_id == Case.id,
            Skip.until > desk.now,
            Skip.until <= desk.now + 2 * SKIPPED,
        ),
        or_(Case.kind == CaseKind.REVIEW, not_(_has_decided(me))),
    ]
    if desk.role is Role.LAWYER:
        conditions.append(Case.lane <= LANE_LEGAL)
    return conditions


def _somebody_elses(me: int) -> tuple[ColumnElement[bool], ...]:
    """Neither written nor reported by this person."""
    return (
        ~exists().where(Comment.id == Case.comment_id, Comment.author_id == me),
        ~exists().where(Report.comment_id == Case.comment_id, Report.reporter_id == me),
    )


def _has_decided(person_id: int) -> ColumnElement[bool]:
    """Whoever decided anything about a comment hears no appeal about it.

    Not EXISTS: PostgreSQL would rather read all that this person ever decided.
    """
    decided = (
        select(Decision.id)
        .where(
            Decision.comment_id == Case.comment_id,
            Decision.decided_by_id == person_id,
            Decision.role == DecisionRole.EFFECTIVE,
        )
        .limit(1)
    )
    return decided.correlate(Case).scalar_subquery().is_not(None)
