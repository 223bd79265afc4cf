"""What a kept page depends on, as the database has it at this moment."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, cast, or_, select

from moderation import clock
from moderation.articles.models import Article, Mode
from moderation.sites.models import Site

# of `slug` at `host`
QUESTION = (
    select(
        Article.mode,
        Article.mode_until,
        Article.slow_seconds,
        Article.heat_until,
        Article.id,
        Article.version,
        Article.updated_at,
        Article.mode_sentence,
        Site.id,
        Site.name,
        Site.version,
        cast(Site.stored_settings, String),
    )
    # the site as `sites.current` finds it: a slug that only another site knows is not found here
    .select_from(Site)
    .outerjoin(Article, and_(Article.site_id == Site.id, Article.slug == bindparam("slug")))
    .where(or_(Site.host == bindparam("host"), Site.host.is_(None)))
    .order_by(Site.host.is_(None), Site.id)
)


@dataclass(frozen=True, slots=True)
class State:
    """What a page depends on. ends: when it will be another without any change."""

    shown: Hashable
    article_id: int
    site_id: int
    ends: datetime | None


def state_of(mode: str, until: Any, slow: int | None, heat_until: Any, *others: Any) -> State:
    """The row of `QUESTION`, as it is at this moment."""
    now = clock.now()
    ends, cools = _moment(until), _moment(heat_until)
    if ends is not None and ends <= now:
        mode, ends = Mode.OPEN.value, None
    if cools is not None and cools <= now:
        slow, cools = None, None
    moments = [moment for moment in (ends, cools) if moment is not None]
    return State((mode, slow, *others), others[0], others[4], min(moments, default=None))


def _moment(found: datetime | str | None) -> datetime | None:
    """As the driver has it: SQLite's is text, in UTC."""
    return datetime.fromisoformat(found).replace(tzinfo=UTC) if isinstance(found, str) else found
