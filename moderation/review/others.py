"""Other comments to be decided with the card's: its copies, and what the same people report.

`cases.together` has the last word on what may be.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from moderation.cases import queries as record
from moderation.cases import together
from moderation.cases.decide import Seen
from moderation.cases.decisions import Decision
from moderation.cases.models import LANE_LEGAL, Case, CaseKind, Report
from moderation.cases.together import Another
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import BigInt, db
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.review import words
from moderation.review.conversation import BADGES
from moderation.screening.phases.wording import counted, lasting
from moderation.screening.subject import Alike

EXCERPT = 400
MINUTE = timedelta(minutes=1)
SIDES = (frozenset({Status.PENDING, Status.PUBLISHED}), frozenset({Status.HIDDEN}))


@dataclass(frozen=True)
class About:
    """A case on the desk of `viewer`. standing: of its comment, a withdrawal not counted."""

    case: Case
    standing: Status
    viewer: Person
    now: datetime


@dataclass(frozen=True)
class Other:
    """One of them as it is listed. likeness: in words, "" if that is not why it is listed.

    before: what a person decided last; obstacle: why it cannot be decided along, in words;
    text: "" where the words are the card's own.
    """

    comment: Comment
    case: Case | None
    ago: str
    likeness: str
    is_exact: bool
    text: str
    before: str
    obstacle: str
    may_join: bool
    may_open: bool

    @property
    def value(self) -> str:
        """What was seen of it: "comment.revision.version"; version 0 without a case."""
        seen = self.seen.seen
        return f"{self.comment.id}.{seen.revision_id}.{seen.version}"

    @property
    def seen(self) -> Another:
        """As `cases.together` takes it."""
        version = self.case.version if self.case else 0
        return Another(self.comment.id, Seen(self.comment.revision_id or 0, version))

    @property
    def badge(self) -> tuple[str, str]:
        return BADGES[self.comment.status]

    @property
    def is_gone(self) -> bool:
        return self.comment.status is Status.WITHDRAWN


@dataclass(frozen=True)
class Group:
    """line: what they have in common; own: how many are the viewer's own affair and not listed."""

    line: str
    listed: Sequence[Other]
    own: int
    names: Sequence[str] = ()

    @property
    def exact(self) -> Sequence[Other]:
        return [other for other in self.listed if other.is_exact and other.may_join]


class Others:
    """Every other comment that a card is about, loaded at once."""

    def __init__(self, ids: Collection[int], about: About) -> None:
        self._case, self._standing = about.case, about.standing
        self._viewer, self._now = about.viewer, about.now
        asked = {"ids": list(ids), "viewer_id": about.viewer.id}
        rows = db.session.execute(_rows(), asked).all() if ids else ()
        self._rows = {row[0].id: row for row in rows}

    def group(
        self,
        line: str,
        ids: Sequence[int],
        likeness: dict[int, Alike] | None = None,
        names: Sequence[str] = (),
    ) -> Group | None:
        """Those of `ids` that the viewer may see, in that order; None if there are none."""
        rows = [self._rows[id_] for id_ in ids if id_ in self._rows]
        listed = [
            self._other(row, (likeness or {}).get(row[0].id))
            for row in rows
            if not row.is_own and self._may_see(row)
        ]
        own = sum(row.is_own for row in rows)
        return Group(line, listed, own, names) if listed or own else None

    def _other(self, row: Row[*tuple[Any, ...]], alike: Alike | None) -> Other:
        comment, case, decision = row[:3]
        obstacle = self._obstacle(comment, case)
        return Other(
            comment=comment,
            case=case,
            ago=words.ago(comment.created_at, self._now),
            likeness=_likeness(alike),
            is_exact=alike is not None and alike.is_exact,
            text=_text(comment, alike),
            before=_before(decision, self._viewer, self._now),
            obstacle=obstacle,
            may_join=not obstacle and self._fits(comment),
            may_open=case is not None and self._is_in_reach(case),
        )

    def _obstacle(self, comment: Comment, case: Case | None) -> str:
        if comment.withdrawn_at is not None:
            return together.WITHDRAWN
        if case is not None and case.closed_at is None and case.lane < self._case.lane:
            return together.ABOVE
        if not self._is_in_reach(case):
            return "It is not in the legal lanes."
        addressee = case.addressee if case else None
        if addressee is not None and not self._viewer.may(addressee, Role.LEAD):
            return f"Its case was handed to a {addressee.value}."
        return ""

    def _fits(self, comment: Comment) -> bool:
        """Whether what can be done to the card's can be done to this one."""
        is_review = self._case.kind is CaseKind.REVIEW
        return is_review and any({self._standing, comment.status} <= side for side in SIDES)

    def _is_in_reach(self, case: Case | None) -> bool:
        """A lawyer is for the legal lanes only."""
        if self._viewer.role is not Role.LAWYER:
            return True
        return case is not None and case.lane <= LANE_LEGAL

    def _may_see(self, row: Row[*tuple[Any, ...]]) -> bool:
        comment, case = row[:2]
        return comment.status is Status.PUBLISHED or self._is_in_reach(case)


def same_words(alike: Sequence[Alike], comment: Comment, now: datetime) -> str:
    """Such as "Six accounts, same text, eleven minutes"; the card's own counts too."""
    accounts = len({comment.author_id, *(one.author_id for one in alike)})
    times = counted(len(alike) + 1, "time")
    who = counted(accounts, "account") if accounts > 1 else f"{times} from one account"
    exact = sum(one.is_exact for one in alike)
    said = "same text" if exact == len(alike) else "same or nearly the same text"
    minutes = [(now - comment.created_at) / MINUTE, *(one.minutes_ago for one in alike)]
    lasted = lasting(max(minutes) - min(minutes))
    return words.sentence(f"{who}, {said if exact else 'nearly the same text'}, {lasted}")


@cache
def _rows() -> Select[*tuple[Any, ...]]:
    """(comment, its newest case, what a person decided last, whether it is the viewer's own).

    Takes `ids` and `viewer_id`; made once, as putting it together takes longer than asking it.
    """
    case, decision = aliased(Case), aliased(Decision)
    viewer_id = bindparam("viewer_id", type_=BigInt)
    reported = exists().where(Report.comment_id == Comment.id, Report.reporter_id == viewer_id)
    newest = record.newest_case(Comment.id).with_only_columns(Case.id).correlate(Comment)
    last = (
        record.not_undone()
        .with_only_columns(Decision.id)
        .where(
            Decision.comment_id == Comment.id,
            Decision.decided_by_id.is_not(None),
            Decision.action != Action.ESCALATE,
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(Comment)
    )
    return (
        select(
            Comment,
            case,
            decision,
            or_(Comment.author_id == viewer_id, reported).label("is_own"),
        )
        .select_from(Comment)
        .outerjoin(case, case.id == newest.scalar_subquery())
        .outerjoin(decision, decision.id == last.scalar_subquery())
        .where(Comment.id.in_(bindparam("ids", expanding=True)))
        .options(
            joinedload(Comment.author),
            joinedload(Comment.article),
            joinedload(Comment.revision),
            joinedload(decision.clause),
            joinedload(decision.decided_by),
        )
    )


def _likeness(alike: Alike | None) -> str:
    if alike is None:
        return ""
    if alike.is_exact:
        return "the same words"
    return f"about {round(alike.likeness * 100)} in 100 words the same"


def _text(comment: Comment, alike: Alike | None) -> str:
    if comment.withdrawn_at is not None or (alike is not None and alike.is_exact):
        return ""
    return words.excerpt(comment.revision.body, EXCERPT)


def _before(decision: Decision | None, viewer: Person, now: datetime) -> str:
    """Such as "Ann hid it under Spam, 2 hours ago"."""
    if decision is None or decision.decided_by is None:
        return ""
    who = "You" if decision.decided_by_id == viewer.id else decision.decided_by.name
    under = f" under {decision.clause.title}" if decision.clause else ""
    did = words.did(decision.action.value, "it")
    return f"{who} {did}{under}, {words.ago(decision.decided_at, now)}"
