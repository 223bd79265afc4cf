"""What must be there before anybody is served: the schema, one site, its policy and its words."""

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from moderation.database import db
from moderation.migrations import service as migrations
from moderation.policy import service as policy
from moderation.screening.words import service as words
from moderation.sites import service as sites
from moderation.sites.models import Site

USUAL_URL = "http://127.0.0.1:8000"


def prepare(url: str = USUAL_URL) -> None:
    """Bring the database up to date and see that there is a site. Commits; safe to run twice."""
    migrations.upgrade()
    found_site(url)


def found_site(url: str = USUAL_URL) -> None:
    """If there is no site, add the first, with the starter policy and its word lists. Commits.

    url: where readers find it, unless the setting SITE_URL says so.
    """
    if db.session.scalar(select(Site.id).limit(1)) is None:
        try:
            site = sites.add("main", name="Comments", url=current_app.config["SITE_URL"] or url)
            policy.publish_starter(site)
            words.give_starter(site)
            db.session.commit()
        except IntegrityError:
            pass  # somebody else who started at the same moment added it
    db.session.rollback()
