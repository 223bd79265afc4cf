"""Domains a site knows."""

from collections.abc import Collection

from sqlalchemy import Select, select

from moderation.screening.links.models import LinkDomain


def known(site_id: int, domains: Collection[str]) -> Select[str]:
    """Those of `domains` that are known; by primary key."""
    return select(LinkDomain.name).where(
        LinkDomain.site_id == site_id, LinkDomain.name.in_(sorted(domains))
    )
