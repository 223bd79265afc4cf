"""What articles are asked for."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from moderation import clock
from moderation.articles.models import Article, Mode


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


def counts(site_id: int, urls: Collection[str]) -> Select[str | None, int]:
    """(URL, published comments) of the articles with these URLs whose thread readers see."""
    return select(Article.url, Article.comment_count).where(
        Article.site_id == site_id, Article.url.in_(urls), ~_is_hidden()
    )


def _is_hidden() -> ColumnElement[bool]:
    ended = and_(Article.mode_until.is_not(None), Article.mode_until <= clock.now())
    return and_(Article.mode == Mode.HIDDEN, ~ended)
