"""Reckon a site's thresholds from its last weeks, and keep them. Never commits."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from moderation.database import db
from moderation.screening.budget import bars, queries
from moderation.screening.budget.bars import TOGETHER
from moderation.screening.budget.models import BudgetBar
from moderation.screening.budget.reckoning import HEADS, Reckoning, Seen, reckon
from moderation.screening.settings import PHASES, Bars, Screening
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites
from moderation.sites.models import Site

PERIOD = timedelta(days=28)
ENOUGH = 200  # comments; with fewer the shipped thresholds stay


@dataclass
class _Read:
    """What was said about one revision."""

    held_by: set[str] = field(default_factory=set)
    scores: dict[str, float] = field(default_factory=dict)


def reckon_now(site: Site, shipped: Mapping[str, Bars], now: datetime) -> Reckoning | None:
    """What the thresholds should be; None without a limit or before ENOUGH comments. Only reads."""
    chosen = Screening.from_stored(site.settings.screening)
    if chosen.hold_share is None:
        return None
    since = now - PERIOD
    floors = {
        head: least
        for head in HEADS
        if head not in chosen.bars and (least := shipped.get(head, Bars()).hold_at) is not None
    }
    by_hand = {head: chosen.bars[head].hold_at for head in HEADS if head in chosen.bars}
    least = min(
        [*floors.values(), *(bar for bar in by_hand.values() if bar is not None)], default=2
    )
    read: dict[int, _Read] = defaultdict(_Read)
    for revision_id in db.session.scalars(queries.screened(site.id, since=since)):
        read[revision_id] = _Read()
    if len(read) < ENOUGH:
        return None
    for revision_id, checker, score in db.session.execute(
        queries.holding(site.id, since=since, least=least)
    ):
        if checker in HEADS or _is_live(chosen, checker):
            _note(read[revision_id], checker, score, floors, by_hand)
    seen = [Seen(frozenset(one.held_by), one.scores) for one in read.values()]
    return reckon(seen, floors, chosen.hold_share)


def keep(site: Site, reckoning: Reckoning | None, now: datetime) -> None:
    """From now on these thresholds count; None: the shipped ones."""
    db.session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))
    before = {row.checker: row.hold_at for row in bars.rows(site) if row.checker in HEADS}
    db.session.execute(
        delete(BudgetBar)
        .where(BudgetBar.site_id == site.id)
        .execution_options(synchronize_session="fetch")
    )
    if reckoning is not None:
        db.session.add_all(_rows(site, reckoning, now))
    db.session.flush()
    if before != (dict(reckoning.bars) if reckoning else {}):
        sites.renew_screening(site)


def _is_live(chosen: Screening, checker: str) -> bool:
    """Whether what it held then it would hold now."""
    phase = checker.partition(":")[0]
    return phase in PHASES and chosen.mode(phase) is PhaseMode.LIVE


def _note(
    one: _Read,
    checker: str,
    score: float,
    floors: Mapping[str, float],
    by_hand: Mapping[str, float | None],
) -> None:
    """A head whose threshold a lead has set holds as firmly as a word list."""
    if checker in floors:
        one.scores[checker] = max(score, one.scores.get(checker, 0.0))
    elif checker in HEADS:
        bar = by_hand.get(checker)
        if bar is not None and score >= bar:
            one.held_by.add(checker)
    else:
        one.held_by.add(checker)


def _rows(site: Site, reckoning: Reckoning, now: datetime) -> list[BudgetBar]:
    shares = {
        **dict.fromkeys(reckoning.bars, 0.0),
        **reckoning.shares,
        TOGETHER: reckoning.together,
    }
    return [
        BudgetBar(
            site_id=site.id,
            checker=checker,
            hold_at=reckoning.bars.get(checker),
            comments=reckoning.comments,
            share=share,
            made_at=now,
        )
        for checker, share in shares.items()
    ]
