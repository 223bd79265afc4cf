"""Domains a site knows."""

from collections.abc import Collection

from sqlalchemy import Select, select

from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.screening.links.models import LinkDomain


def known(site_id: int, domains: Collection[str]) -> Select[str]:
    """Those of `domains` that a published comment links to; by primary key."""
    return (
        select(LinkDomain.name)
        .join(Comment, Comment.id == LinkDomain.comment_id)
        .where(
            LinkDomain.site_id == site_id,
            LinkDomain.name.in_(sorted(domains)),
            Comment.status == Status.PUBLISHED,
        )
    )
