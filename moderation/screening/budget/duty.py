"""The worker's part: every site's thresholds anew once a day."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from moderation import clock
from moderation.database import db, only_reading
from moderation.screening import kit
from moderation.screening.budget import bars, service
from moderation.sites.models import Site

AFTER = timedelta(hours=23)


def reckon_all(keep_on: Callable[[], bool]) -> None:
    """For the worker, once an hour: sites whose thresholds are a day old. Commits each."""
    with only_reading():
        site_ids = list(db.session.scalars(select(Site.id).order_by(Site.id)))
    db.session.rollback()
    for site_id in site_ids:
        if not keep_on():
            return
        _reckon(site_id)


def _reckon(site_id: int) -> None:
    """The long look back takes no write lock."""
    now = clock.now()
    with only_reading():
        site = db.session.get_one(Site, site_id)
        found = bars.rows(site)
        if any(row.made_at > now - AFTER for row in found):
            db.session.rollback()
            return
        reckoning = service.reckon_now(site, kit.shipped_bars(site), now)
        has_rows = bool(found)
        db.session.rollback()
    if reckoning is None and not has_rows:
        return
    service.keep(db.session.get_one(Site, site_id), reckoning, now)
    db.session.commit()
