"""Where a comment stands, and which action leads where. Everything reads this one table."""

import enum
from collections.abc import Iterable
from typing import Protocol

from moderation.errors import IllegalMove


class Status(enum.Enum):
    NEW = "new"
    PENDING = "pending"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Action(enum.Enum):
    APPROVE = "approve"
    HOLD = "hold"
    HIDE = "hide"
    RESTORE = "restore"
    ESCALATE = "escalate"
    # an appeal that fails leaves everything where it is
    UPHOLD = "uphold"
    # takes a decision back: its status before stands again
    UNDO = "undo"


MOVES: dict[tuple[Status, Action], Status] = {
    (Status.NEW, Action.APPROVE): Status.PUBLISHED,
    (Status.NEW, Action.HOLD): Status.PENDING,
    (Status.PENDING, Action.APPROVE): Status.PUBLISHED,
    (Status.PENDING, Action.HIDE): Status.HIDDEN,
    (Status.PENDING, Action.ESCALATE): Status.PENDING,
    (Status.PENDING, Action.UPHOLD): Status.PENDING,
    (Status.PUBLISHED, Action.APPROVE): Status.PUBLISHED,
    (Status.PUBLISHED, Action.HOLD): Status.PENDING,
    (Status.PUBLISHED, Action.HIDE): Status.HIDDEN,
    (Status.PUBLISHED, Action.ESCALATE): Status.PUBLISHED,
    (Status.PUBLISHED, Action.UPHOLD): Status.PUBLISHED,
    (Status.HIDDEN, Action.RESTORE): Status.PUBLISHED,
    (Status.HIDDEN, Action.HIDE): Status.HIDDEN,
    (Status.HIDDEN, Action.ESCALATE): Status.HIDDEN,
    (Status.HIDDEN, Action.UPHOLD): Status.HIDDEN,
}


class Decided(Protocol):
    """What `standing` needs of a decision."""

    @property
    def id(self) -> int: ...
    @property
    def action(self) -> Action: ...
    @property
    def supersedes_id(self) -> int | None: ...


def after(status: Status, action: Action) -> Status:
    """Where `action` leads from `status`; IllegalMove if it leads nowhere."""
    try:
        return MOVES[status, action]
    except KeyError:
        raise IllegalMove(
            f"A comment that is {status.value} cannot get “{action.value}”. "
            "Look at it again: somebody may have decided already."
        ) from None


def allowed(status: Status) -> frozenset[Action]:
    return frozenset(action for (start, action) in MOVES if start is status)


def standing(decisions: Iterable[Decided]) -> Status:
    """Where effective decisions, oldest first, have led; withdrawal not counted.

    An undo brings back the status before the decision it supersedes.
    """
    status = Status.NEW
    before: dict[int, Status] = {}
    for decision in decisions:
        before[decision.id] = status
        if decision.action is Action.UNDO:
            status = before[decision.supersedes_id or 0]
        else:
            status = after(status, decision.action)
    return status


def shown(standing: Status, *, withdrawn: bool) -> Status:
    """The status a page shows: the author's withdrawal comes before any decision."""
    return Status.WITHDRAWN if withdrawn else standing
