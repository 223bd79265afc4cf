"""What articles are asked for."""

from sqlalchemy import Select, and_, bindparam, select

from moderation.articles.models import Article, Mode
from moderation.database import Utc
from moderation.sites.models import Site
from moderation.sites.queries import ANSWERING


def front(site_id: int, *, limit: int) -> Select[Article]:
    """The newest articles, last updated first."""
    return (
        select(Article)
        .where(Article.site_id == site_id)
        .order_by(Article.updated_at.desc(), Article.id.desc())
        .limit(limit)
    )


# the article at `site_id` and `slug`; built once, since most requests begin with it
BY_SLUG = select(Article).where(
    Article.site_id == bindparam("site_id"), Article.slug == bindparam("slug")
)


_ended = and_(Article.mode_until.is_not(None), Article.mode_until <= bindparam("moment", type_=Utc))
_hidden = and_(Article.mode == Mode.HIDDEN, ~_ended)

# (URL, published comments) of the articles with these `urls`, of the site at `host`, whose thread
# readers see at `moment`; built once, since every page of a publisher's asks
COUNTS = select(Article.url, Article.comment_count).where(
    Article.site_id == ANSWERING.with_only_columns(Site.id).scalar_subquery(),
    Article.url.in_(bindparam("urls", expanding=True)),
    ~_hidden,
)
