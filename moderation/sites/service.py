"""Add a site, find the one a request or a command means."""

from flask import g, request
from sqlalchemy import or_, select

from moderation.database import db, saved
from moderation.errors import Missing, Refused
from moderation.sites.models import Site


def add(slug: str, *, name: str, url: str, host: str | None = None) -> Site:
    """A new publication. host None: it answers for every host no other site names."""
    if db.session.scalar(select(Site.id).where(Site.slug == slug)) is not None:
        raise Refused(f"There is a site “{slug}” already.")
    return saved(Site(slug=slug, name=name, url=url.rstrip("/"), host=host))


def by_slug(slug: str | None) -> Site:
    """The site a command names with --site; by default the only one."""
    if slug is not None:
        found = db.session.scalar(select(Site).where(Site.slug == slug))
        if found is None:
            raise Missing(f"There is no site “{slug}”.")
        return found
    sites = list(db.session.scalars(select(Site).limit(2)))
    if len(sites) == 1:
        return sites[0]
    raise Refused(
        "There are several sites: name one with --site."
        if sites
        else "There is no site yet: run `moderation db upgrade`."
    )


def current() -> Site:
    """The publication this request's host stands for. Missing if there is none."""
    if "site" not in g:
        found = db.session.scalar(
            select(Site)
            .where(or_(Site.host == request.host, Site.host.is_(None)))
            .order_by(Site.host.is_(None), Site.id)
            .limit(1)
        )
        if found is None:
            raise Missing("No publication of ours answers at this address.")
        g.site = found
    site: Site = g.site
    return site
