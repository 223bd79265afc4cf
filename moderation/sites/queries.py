"""Which publications there are."""

from sqlalchemy import Select, select

from moderation.sites.models import Site


def everything() -> Select[Site]:
    return select(Site).order_by(Site.slug)
