"""What a site's published comments have linked to. The caller commits."""

from collections.abc import Collection

from sqlalchemy.dialects import postgresql, sqlite

from moderation import clock
from moderation.database import db
from moderation.screening.links import queries
from moderation.screening.links.models import LinkDomain


def known(site_id: int, domains: Collection[str]) -> frozenset[str]:
    """Those of `domains`, as `phases.links.domains_in` gives them, that were linked to before."""
    if not domains:
        return frozenset()
    return frozenset(db.session.scalars(queries.known(site_id, domains)))


def remember(site_id: int, domains: Collection[str]) -> None:
    """A comment with links to `domains` is on the page."""
    fresh = frozenset(domains) - known(site_id, domains)
    if not fresh:
        return
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # in one order, so that two writers wait for each other instead of both failing
    rows = [
        {"site_id": site_id, "name": name, "first_seen_at": clock.now()} for name in sorted(fresh)
    ]
    db.session.execute(insert(LinkDomain).values(rows).on_conflict_do_nothing())
