"""Change what machines may do on a site. Never commits."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from moderation import events
from moderation.database import db
from moderation.events.kinds import ScreeningChosen
from moderation.people.models import Person
from moderation.screening.settings import Screening
from moderation.sites import service as sites
from moderation.sites.models import Site


def choose(site: Site, screening: Screening, *, by: Person | None) -> None:
    """From now on the site screens like this. Twice is once."""
    lock(site)
    before = Screening.from_stored(site.settings.screening).to_stored()
    stored = screening.to_stored()
    if stored == before:
        return
    site.stored_settings = {**site.stored_settings, "screening": stored}
    db.session.flush()
    changed = " ".join(sorted(_differences(before, stored)))
    events.record(
        ScreeningChosen(changed=changed, person_id=by.id if by else None), site_id=site.id
    )
    sites.renew_screening(site)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Names of choices, such as "sampled" or "bars.risk:attack"; of modes what they are now."""
    for name in before.keys() | after.keys():
        was, now = before.get(name), after.get(name)
        if name in {"modes", "bars"}:
            was, now = was or {}, now or {}
            for key in was.keys() | now.keys():
                if was.get(key) != now.get(key):
                    yield f"{key}={now.get(key)}" if name == "modes" else f"{name}.{key}"
        elif was != now:
            yield name


def lock(site: Site) -> None:
    """Nobody else changes the site's choices until the commit; they are read anew."""
    db.session.execute(
        select(Site)
        .where(Site.id == site.id)
        # the key stays shared: comments, which name their site, do not wait
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
