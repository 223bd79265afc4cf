"""Change what machines may do on a site. Never commits."""

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
    stored = screening.to_stored()
    if stored == Screening.from_stored(site.settings.screening).to_stored():
        return
    site.stored_settings = {**site.stored_settings, "screening": stored}
    db.session.flush()
    events.record(ScreeningChosen(person_id=by.id if by else None), site_id=site.id)
    sites.renew_screening(site)


def lock(site: Site) -> None:
    """Nobody else changes the site's choices until the commit; they are read anew."""
    db.session.execute(
        select(Site)
        .where(Site.id == site.id)
        # the key stays shared: comments, which name their site, do not wait
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
