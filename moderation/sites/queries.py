"""Which publications there are."""

from sqlalchemy import Select, bindparam, or_, select

from moderation.sites.models import Site

# the site that answers for `host`; built once, since every request begins with it
ANSWERING = (
    select(Site)
    .where(or_(Site.host == bindparam("host"), Site.host.is_(None)))
    .order_by(Site.host.is_(None), Site.id)
    .limit(1)
)


def everything() -> Select[Site]:
    return select(Site).order_by(Site.slug)
