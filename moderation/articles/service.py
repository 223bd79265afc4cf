"""Add an article; change how comments are taken under it. Never commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from moderation import clock, events
from moderation.articles import checks, queries
from moderation.articles.models import Article, Mode, ModeReason
from moderation.database import db, saved
from moderation.errors import Conflict, Missing
from moderation.events.kinds import ArticleAdded, ArticleModeChanged, ContemptTermsChanged
from moderation.forms import one_line, tidy
from moderation.people.models import Person
from moderation.sites.models import Site


@dataclass(frozen=True)
class How:
    """How comments are taken: the mode, why, in which words to readers, and until when."""

    mode: Mode = Mode.OPEN
    reason: ModeReason | None = None
    sentence: str = ""
    until: datetime | None = None


def add(
    site: Site,
    slug: str,
    *,
    title: str,
    url: str | None = None,
    standfirst: str = "",
    how: How | None = None,
) -> Article:
    """A new article to comment on.

    Raises Refused for what cannot be, Conflict if the reference or the address is known.
    """
    how = _checked(how or How())
    article = Article(
        site_id=site.id,
        slug=checks.checked_slug(slug),
        title=checks.checked_title(title),
        url=checks.checked_url(url),
        standfirst=tidy(standfirst),
        mode=how.mode,
        mode_reason=how.reason,
        mode_sentence=how.sentence,
        mode_until=how.until,
    )
    try:
        with db.session.begin_nested():
            saved(article)
    except IntegrityError as error:
        raise Conflict(
            f"There is an article “{article.slug}” already."
            if db.session.scalar(queries.BY_SLUG, {"site_id": site.id, "slug": article.slug})
            is not None
            else f"There is an article with the address {article.url} already."
        ) from error
    events.record(ArticleAdded(article_id=article.id, mode=how.mode.value), site_id=site.id)
    return article


def find(site: Site, slug: str) -> Article:
    """The article of this site, or Missing."""
    found = (
        db.session.scalar(queries.BY_SLUG, {"site_id": site.id, "slug": slug})
        if checks.is_slug(slug)
        else None
    )
    if found is None:
        raise Missing("There is no such article. It may have moved; start from the front page.")
    return found


def set_mode(article: Article, how: How, *, by: Person | None) -> None:
    """From now on comments are taken like this; what is there keeps its status. Twice is once.

    by: None for a command in the terminal. Raises Refused for what cannot be.
    """
    how = _checked(how)
    _lock(article)
    if how == mode_of(article):
        return
    article.mode, article.mode_reason = how.mode, how.reason
    article.mode_sentence, article.mode_until = how.sentence, how.until
    # somebody has looked at it: what was done about its heat is over, and stays so as long
    article.calm_until = article.heat_until or article.calm_until
    article.heat_until = article.slow_seconds = None
    article.version += 1
    db.session.flush()
    events.record(
        ArticleModeChanged(
            article_id=article.id,
            mode=how.mode.value,
            reason=how.reason.value if how.reason else None,
            person_id=by.id if by else None,
        ),
        site_id=article.site_id,
    )


def set_contempt_terms(
    article: Article, lines: Iterable[str], *, by: Person | None, seen: str | None = None
) -> None:
    """From now on this may not be said under it; comments that are there stay as they are.

    lines: one term each, * at its end goes on; none ends it. by: None for a command in the
    terminal. seen: the `terms_mark` on the lead's screen; None asks for none.
    Raises Refused, Conflict if somebody else changed them meanwhile.
    """
    terms = checks.checked_terms(lines)
    _lock(article)
    if terms == (article.contempt_terms or []):
        return
    if seen is not None and seen != terms_mark(article):
        raise Conflict(
            "Somebody changed these terms meanwhile. What you typed is still here: save it again "
            "if it is still what you want."
        )
    article.contempt_terms = terms or None
    db.session.flush()
    events.record(
        ContemptTermsChanged(
            article_id=article.id, terms=len(terms), person_id=by.id if by else None
        ),
        site_id=article.site_id,
    )


def terms_mark(article: Article) -> str:
    """What a form carries, to know whether they are still the same."""
    return sha256("\n".join(article.contempt_terms or ()).encode()).hexdigest()[:16]


def mode_of(article: Article) -> How:
    """What was set; an end that has passed is still in it."""
    return How(article.mode, article.mode_reason, article.mode_sentence, article.mode_until)


def _checked(how: How) -> How:
    checks.check_reason(how.mode, how.reason)
    checks.check_sentence(how.mode, how.sentence)
    checks.check_until(how.mode, how.until, now=clock.now())
    if how.mode is Mode.OPEN:
        return How()
    return How(how.mode, how.reason, one_line(how.sentence), how.until)


def _lock(article: Article) -> None:
    """Nobody else changes this article or its thread until the commit."""
    db.session.execute(
        select(Article)
        .where(Article.id == article.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
