"""What articles are asked for."""

from sqlalchemy import Select, select

from moderation.articles.models import Article


def front(site_id: int, *, limit: int) -> Select[Article]:
    """The newest articles, last updated first."""
    return (
        select(Article)
        .where(Article.site_id == site_id)
        .order_by(Article.updated_at.desc(), Article.id.desc())
        .limit(limit)
    )


def by_slug(site_id: int, slug: str) -> Select[Article]:
    return select(Article).where(Article.site_id == site_id, Article.slug == slug)
