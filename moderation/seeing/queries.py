"""What a look at the whole service asks of the database: little, and by indexes."""

from datetime import datetime

from sqlalchemy import Select, func, select

from moderation.cases.models import Case
from moderation.events.models import Unsealed
from moderation.sites.models import Site


def open_cases(now: datetime) -> Select[int, int, int, int, int]:
    """(site, lane, open cases, of them overdue, the oldest one's id). Served by ix_case_queue."""
    overdue = func.count().filter(Case.due_at < now)
    return (
        select(Case.site_id, Case.lane, func.count(), overdue, func.min(Case.id))
        .where(Case.closed_at.is_(None))
        .group_by(Case.site_id, Case.lane)
    )


def sites() -> Select[int, str]:
    """(id, short name)."""
    return select(Site.id, Site.slug).order_by(Site.slug)


def unsealed() -> Select[int, int | None]:
    """How many events wait for their seal, and the oldest one's id."""
    return select(func.count(), func.min(Unsealed.event_id))
