"""Why is this here: one sentence from what was reported and where it stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.cases.models import LANE_DANGER, LANE_LEGAL, LANE_REST, Case, Report, Track
from moderation.comments.status import Status
from moderation.review import words
from moderation.screening import checkers

SEVERITY = {1: "mild", 2: "serious", 4: "severe", 8: "critical"}
STANDING = {
    Status.NEW: "not yet decided",
    Status.PENDING: "waiting for its first look",
    Status.PUBLISHED: "on the page now",
    Status.HIDDEN: "hidden",
    Status.WITHDRAWN: "withdrawn by its author",
}
HELD = {
    "person": "held until somebody looks again",
    "check": "held by a check until somebody looks",
}
LANES = {LANE_DANGER: "Danger to life or children", LANE_LEGAL: "The law"}
WAITING = {LANE_DANGER: "about danger", LANE_LEGAL: "about the law", LANE_REST: "in the queue"}
SOON = timedelta(hours=1)


@dataclass(frozen=True)
class Signal:
    """One open report, with its sender's record."""

    report: Report
    upheld: int
    not_upheld: int

    @property
    def is_machine(self) -> bool:
        return self.report.checker is not None


@dataclass(frozen=True)
class Why:
    """parts: the sentence, without its deadline; tone: "late", "soon" or ""; lane: a name or ""."""

    parts: tuple[str, ...]
    due: str
    due_at: datetime
    tone: str
    lane: str

    @property
    def lines(self) -> tuple[str, ...]:
        first, *others = self.parts
        return (first[:1].upper() + first[1:], *others)

    @property
    def sentence(self) -> str:
        return words.sentence(*self.parts, self.due)


def why(
    case: Case,
    standing: Status,
    signals: Sequence[Signal],
    *,
    now: datetime,
    held_by: str = "",
    was_undone: bool = False,
    appeals: Sequence[str] = (),
) -> Why:
    """What brought the case here. appeals: who contests, such as "its author".

    held_by: "person" or "check" if one took it off the page, or kept it from there, until somebody
    looks. was_undone: whether a decision on it was taken back.
    """
    parts = [
        *_appealed(appeals),
        *_alleged(signals),
        *_noticed([s.report for s in signals if s.report.track is Track.ILLEGAL]),
        HELD[held_by] if standing is Status.PENDING and held_by else STANDING[standing],
    ]
    if case.addressee is not None:
        parts.append(f"handed to a {case.addressee.value}")
    elif not signals and not appeals and standing is Status.PUBLISHED and not case.closed_at:
        parts.append(
            "an earlier decision was taken back" if was_undone else "waiting for somebody to look"
        )
    closed = case.closed_at is not None
    return Why(
        parts=tuple(parts),
        due=f"closed {words.ago(case.closed_at, now)}"
        if case.closed_at
        else words.due(case.due_at, now),
        due_at=case.due_at,
        tone="" if closed else tone(case.due_at, now),
        lane=LANES.get(case.lane, ""),
    )


def tone(due_at: datetime, now: datetime) -> str:
    if due_at <= now:
        return "late"
    return "soon" if due_at - now <= SOON else ""


def _appealed(appeals: Sequence[str]) -> list[str]:
    return [f"appeal by {' and '.join(dict.fromkeys(appeals))}"] if appeals else []


def _alleged(signals: Sequence[Signal]) -> list[str]:
    """Severity of the clauses named; people together, then each kind of machine."""
    by_policy = [s for s in signals if s.report.clause is not None]
    if not by_policy:
        return []
    worst = max(s.report.clause.severity for s in by_policy if s.report.clause)
    people = [s for s in by_policy if not s.is_machine]
    kinds: dict[str, list[Signal]] = {}
    for signal in by_policy:
        if signal.report.checker:
            kinds.setdefault(checkers.short(signal.report.checker), []).append(signal)
    return [
        SEVERITY[worst],
        *([_together(words.count(len(people), "reporter"), people)] if people else []),
        *(_together(kind, found) for kind, found in kinds.items()),
    ]


def _together(senders: str, signals: Sequence[Signal]) -> str:
    """Such as "two reporters, usually right"."""
    habit = words.habit(sum(s.upheld for s in signals), sum(s.not_upheld for s in signals))
    return ", ".join(filter(None, (senders, habit)))


def _noticed(notices: Sequence[Report]) -> list[str]:
    """The law named, and whether the sender can be reached."""
    if not notices:
        return []
    parts = ["danger to life or to a child"] if any(n.danger for n in notices) else []
    laws = ", ".join(dict.fromkeys(n.law for n in notices if n.law))
    known = sum(n.is_confirmed for n in notices)
    if len(notices) == 1:
        sender = "sender confirmed" if known else "sender not confirmed"
    else:
        sender = f"{words.number(known)} of {words.number(len(notices))} senders confirmed"
    heading = words.count(len(notices), "notice") if len(notices) > 1 else "notice"
    return [
        *parts,
        f"{heading} of illegal content ({laws})" if laws else f"{heading} of illegal content",
        sender,
    ]


def waiting(lane: int, count: int, most: int) -> str:
    """Such as "three about danger" or "more than 100 in the queue"."""
    many = f"more than {most}" if count > most else words.number(count)
    return f"{many} {WAITING[lane]}"
