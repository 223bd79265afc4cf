"""How often checks named a comment lately: index ranges, each read up to a limit."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, literal, select, union_all

from moderation import ids
from moderation.cases.decisions import Decision, DecisionRole

COUNTED = 1000


def named(
    site_id: int, checkers: Collection[str], *, since: datetime
) -> CompoundSelect[*tuple[Any, ...]]:
    """(checker, how many comments it named) of at least one; COUNTED for more."""
    return union_all(*(_named(site_id, checker, since) for checker in sorted(checkers)))


def _named(site_id: int, checker: str, since: datetime) -> Select[str, int]:
    newest = (
        select(Decision.id)
        .where(
            Decision.site_id == site_id,
            Decision.checker == checker,
            Decision.id >= ids.first_at(since),
            Decision.role == DecisionRole.SHADOW,
        )
        .limit(COUNTED)
        .subquery()
    )
    return select(literal(checker).label("checker"), func.count().label("named")).select_from(
        newest
    )
