"""The site that screening is measured on: 65,000 entries, 50 rules, 100,000 comments."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from moderation import clock
from moderation.articles.models import Article
from moderation.database import db
from moderation.people.models import Person
from moderation.screening import kit
from moderation.screening.words import service as words
from moderation.sites.models import Site
from tests import factories
from tests.bench import fifty_rules, texts, window

COMMENTS = 100_000  # in the window
LOOKED_AT = 2000
AUTHORS = 1000
ENTRIES = 65_000


@dataclass(frozen=True)
class Planted:
    """fresh: comments that nobody has written yet, and who will; said: id → text of the window.

    written: how many of the window's texts are somebody's; the rest is drawn by chance.
    """

    fresh: list[str]
    writers: list[int]
    said: dict[int, str]
    written: int


def plant(data: Path | None) -> Planted:
    """Lists, rules and a week of comments on the bench's site; commits."""
    site = factories.site()
    words.give_starter(site)
    _long_list(site, data)
    fifty_rules.add(site)
    article, moderator = factories.article(slug="large"), factories.moderator()
    then = clock.now() - timedelta(days=400)
    people = [factories.person(created_at=then).id for _ in range(AUTHORS)]
    db.session.commit()
    fresh = texts.comments(data, LOOKED_AT)
    stored, written = texts.others(data, COMMENTS, but=fresh)
    by = window.writers(people, COMMENTS + len(fresh))
    made = window.planted(article, stored, by[: len(stored)], moderator_id=moderator.id)
    return Planted(fresh, by[len(stored) :], dict(zip(made, stored, strict=True)), written)


def known() -> tuple[Site, Article, Person]:
    """The site, its article, and one of those who write there."""
    article = db.session.scalars(select(Article).where(Article.slug == "large")).one()
    author = db.session.scalars(select(Person).order_by(Person.id.desc()).limit(1)).one()
    return factories.site(), article, author


def sizes(planted: Planted) -> str:
    tools = kit.of(factories.site())
    return (
        f"{len(tools.matcher):,} entries, {len(tools.rules)} rules, "
        f"{len(planted.said):,} comments in the window ({planted.written:,} of them written by "
        "people, the rest drawn from their words)"
    )


def _long_list(site: Site, data: Path | None) -> None:
    """Somebody's list, or as many made-up words."""
    listed = words.open_list(site, "blocklist", clause="spam")
    if data is None:
        made = (f"cheap-{n * 7919:x}-offer" for n in range(ENTRIES))
        words.import_lines(listed, made, site=site, by=None)
        return
    with (data / "hostile_input/wp_comment_blocklist.txt").open(encoding="utf-8") as lines:
        words.import_lines(listed, lines, site=site, by=None)
