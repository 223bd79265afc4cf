"""The thresholds in force where a lead has said how much may be held. What `kit` asks."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from moderation.database import db
from moderation.screening.budget.models import BudgetBar
from moderation.screening.budget.reckoning import HEADS
from moderation.screening.settings import Bars, Screening
from moderation.sites.models import Site

TOGETHER = "together"


def raised(shipped: Mapping[str, Bars], site: Site) -> Mapping[str, Bars]:
    """`shipped`, where the model's heads hold later if that keeps within the site's share.

    Never sooner than shipped. What a lead has set by hand comes before either, see `screen`.
    """
    if Screening.from_stored(site.settings.screening).hold_share is None:
        return shipped
    reckoned = {row.checker: row.hold_at for row in rows(site) if row.checker in HEADS}
    return {
        checker: _later(bars, reckoned[checker]) if checker in reckoned else bars
        for checker, bars in shipped.items()
    }


def rows(site: Site) -> Sequence[BudgetBar]:
    """What was reckoned last, the largest share first."""
    found = select(BudgetBar).where(BudgetBar.site_id == site.id)
    return db.session.scalars(found.order_by(BudgetBar.share.desc(), BudgetBar.checker)).all()


def _later(bars: Bars, hold_at: float | None) -> Bars:
    if bars.hold_at is None or hold_at is None:
        return Bars(bars.report_at, None)
    return Bars(bars.report_at, max(bars.hold_at, hold_at))
