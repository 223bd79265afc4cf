"""Under which clause to decide: the likely one first, the first nine with a key."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from moderation.cases import deadlines
from moderation.database import db
from moderation.review import dossier, words
from moderation.review.why import Signal
from moderation.screening.phases.wording import joined_by_and

KEYS = 9


@dataclass(frozen=True)
class Rule:
    """A clause of the policy in force. `severity` is 1, 2, 4 or 8."""

    code: str
    title: str
    plain: str
    severity: int


@dataclass(frozen=True)
class Choice:
    """A rule to decide under. why: who alleges it, in words; key: "1" to "9" or ""."""

    rule: Rule
    why: str
    key: str


@lru_cache(maxsize=64)
def rules(version_id: int) -> tuple[Rule, ...]:
    """Kept in the process: a published version never changes."""
    return tuple(
        Rule(clause.code, clause.title, clause.plain, clause.severity)
        for clause in db.session.scalars(dossier.clauses(version_id))
    )


def choices(given: Sequence[Rule], signals: Sequence[Signal]) -> list[Choice]:
    """The likely rule first: alleged by those who are right most often, then the policy's order."""
    weight: dict[str, float] = defaultdict(float)
    senders: dict[str, list[str]] = defaultdict(list)
    for signal in signals:
        code = signal.report.clause.code if signal.report.clause else signal.report.law
        weight[code] += deadlines.precision(signal.upheld, signal.not_upheld)
        senders[code].append(_kind(signal))
    ordered = sorted(given, key=lambda rule: -weight[rule.code])
    return [
        Choice(rule, _alleged_by(senders[rule.code]), str(place) if place <= KEYS else "")
        for place, rule in enumerate(ordered, 1)
    ]


def _alleged_by(senders: Sequence[str]) -> str:
    """Such as "alleged by two reporters and one notice"; "" for nobody."""
    counts = ((kind, senders.count(kind)) for kind in ("reporter", "notice", "check"))
    said = joined_by_and([words.count(n, kind) for kind, n in counts if n])
    return f"alleged by {said}" if said else ""


def _kind(signal: Signal) -> str:
    if signal.is_machine:
        return "check"
    return "reporter" if signal.report.clause else "notice"
