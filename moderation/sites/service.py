"""Add a site, find the one a request or a command means, give it its words."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import g, request
from sqlalchemy import select, update

from moderation import events
from moderation.database import db, saved
from moderation.errors import Missing, Refused
from moderation.events.kinds import SiteWordsChanged
from moderation.sites import queries
from moderation.sites.models import Site
from moderation.sites.settings import WORDS

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_HOST = re.compile(r"[a-z0-9.-]{1,190}(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?", re.ASCII)
LONGEST_WORDS = 500


def add(slug: str, *, name: str, url: str, host: str | None = None) -> Site:
    """A new publication. host None: it answers for every host no other site names.

    Raises Refused for what cannot be.
    """
    if not _SLUG.fullmatch(slug):
        raise Refused("A site's short name has 1 to 40 small letters, digits and hyphens.")
    if db.session.scalar(select(Site.id).where(Site.slug == slug)) is not None:
        raise Refused(f"There is a site “{slug}” already.")
    _check(name, url, host)
    return saved(Site(slug=slug, name=name, url=url.rstrip("/"), host=host))


def change(site: Site, *, name: str | None, url: str | None) -> None:
    """Call a publication otherwise, or say where readers find it now. Raises Refused."""
    name, url = name or site.name, url or site.url
    _check(name, url, None)
    site.name, site.url = name, url.rstrip("/")


def _check(name: str, url: str, host: str | None) -> None:
    if not name.strip() or len(name) > 80 or not name.isprintable():
        raise Refused("A site's name has 1 to 80 characters, in one line.")
    try:
        parts = urlsplit(url)
    except ValueError:  # a broken IPv6 address
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(url) > 200:
        raise Refused("A site's address begins with https:// and has at most 200 characters.")
    if host is None:
        return
    if not _HOST.fullmatch(host):
        raise Refused("A host is a name, with :port if need be: comments.example.org.")
    if db.session.scalar(select(Site.id).where(Site.host == host)) is not None:
        raise Refused(f"Another site answers for {host} already.")


def set_words(site: Site, words: Mapping[str, str]) -> None:
    """Say some things in the site's own words; empty text brings back ours.

    Raises Refused with a sentence for each that cannot be.
    """
    if problems := [sentence for key in words if (sentence := _problem(key, words[key]))]:
        raise Refused("\n".join(problems))
    db.session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))
    db.session.refresh(site)
    kept = {**site.settings.words, **{key: text.strip() for key, text in words.items()}}
    fresh = {key: text for key, text in kept.items() if text and text != WORDS[key]}
    if fresh != site.settings.words:
        site.stored_settings = {**site.stored_settings, "words": fresh}
        events.record(SiteWordsChanged(words=",".join(sorted(words))), site_id=site.id)


def _problem(key: str, text: object) -> str | None:
    if key not in WORDS:
        return f"“{key}” is not among the words: {', '.join(WORDS)}."
    if not isinstance(text, str) or not text.replace("\n", "").isprintable():
        return f"“{key}” must be a text without control characters."
    if len(text) > LONGEST_WORDS:
        return f"“{key}” is longer than {LONGEST_WORDS} characters."
    if key == "thread_intro" and text.strip() and text.count("{here}") != 1:
        return "“thread_intro” must have {here} in it once: it becomes the link to the policy."
    return None


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
        found = db.session.scalar(queries.ANSWERING, {"host": request.host})
        if found is None:
            raise Missing("No publication of ours answers at this address.")
        g.site, g.site_slug = found, found.slug
    site: Site = g.site
    return site


def renew_pages() -> None:
    """What every site's kept pages may show has changed."""
    db.session.execute(update(Site).values(version=Site.version + 1))


def renew_screening(site: Site) -> None:
    """What screens this site's comments has changed: every process builds it anew."""
    db.session.execute(
        update(Site)
        .where(Site.id == site.id)
        .values(screening_version=Site.screening_version + 1)
        .execution_options(synchronize_session="fetch")
    )
