"""When a case is due. Pure arithmetic; the rule is documented for leads in docs/leads.md."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_EVIDENCE, MOST_EVIDENCE = 0.5, 4.0
PUBLISHED, HELD = 1.0, 0.5
MONTHS_TO_APPEAL = 6


@dataclass(frozen=True)
class Alleged:
    """One clause (or the law) and the precision of those who allege it."""

    target: timedelta
    precisions: Sequence[float]


def appeal_until(told_at: datetime) -> datetime:
    """The last moment to appeal for somebody told of a decision at `told_at`: six months later."""
    year, month = divmod(told_at.year * 12 + told_at.month - 1 + MONTHS_TO_APPEAL, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return told_at.replace(year=year, month=month + 1, day=min(told_at.day, last_day))


def precision(upheld: int, not_upheld: int) -> float:
    """How often a reporter was right, in (0, 1); ½ for somebody new."""
    return (upheld + 2) / (upheld + not_upheld + 4)


def evidence(precisions: Iterable[float]) -> float:
    """What distinct reporters weigh together: best first, each half as much as the one before.

    One average reporter is 1; a crowd of new accounts never passes 2; between ½ and 4.
    """
    best_first = sorted(precisions, reverse=True)
    weight = 2 * sum(p * 0.5**place for place, p in enumerate(best_first))
    return min(max(weight, LEAST_EVIDENCE), MOST_EVIDENCE)


def due_at(
    opened_at: datetime,
    alleged: Iterable[Alleged],
    *,
    exposure: float,
    held_until: datetime | None = None,
) -> datetime:
    """The earliest deadline over what is alleged.

    exposure: PUBLISHED or HELD. held_until: the latest moment for a comment whose author waits.
    ValueError if nothing is alleged and nobody waits.
    """
    moments = [opened_at + one.target / (evidence(one.precisions) * exposure) for one in alleged]
    if held_until is not None:
        moments.append(held_until)
    return min(moments)
