"""Measure an article's heat; above the site's line slow it down for a while. Never commits.

What is done is announced on the article's page, ends by itself, and is undone by a lead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from moderation import clock, events
from moderation.articles import service as articles
from moderation.articles.models import Article, Mode, ModeReason
from moderation.articles.service import How
from moderation.comments import service as comments
from moderation.database import db
from moderation.errors import Throttled
from moderation.events.kinds import ArticleCooled, ArticleHeated
from moderation.people.models import Person
from moderation.people.throttle import in_words
from moderation.screening.heat import queries
from moderation.screening.settings import HeatLine, Screening
from moderation.sites.models import Site

WINDOW = timedelta(minutes=10)
PREMODERATED = "premoderated"  # as the step in `HeatLine`; the other one is "slow"
SENTENCE = (
    "So many comments come in here that a moderator reads each of them before it appears. "
    "This ends by itself."
)
TOO_FAST = (
    "This discussion is in slow mode: everybody may write one comment in {every}. "
    "Wait {wait}, then send yours again."
)


@dataclass(frozen=True)
class Heat:
    """What happened under an article within WINDOW. at_risk: comments with a live verdict."""

    comments: int
    reports: int
    at_risk: int

    def is_above(self, line: HeatLine) -> bool:
        return (
            self.comments >= line.comments
            or self.reports >= line.reports
            or self.at_risk >= line.at_risk
        )


@dataclass(frozen=True)
class State:
    """How an article stands, for a lead."""

    heat: Heat
    line: HeatLine
    is_hot: bool
    slow_seconds: int | None  # while it is in slow mode
    until: datetime | None
    calm_until: datetime | None  # while nothing is done about heat, because a lead said so


def heat_of(article: Article, now: datetime) -> Heat:
    """Two bounded queries."""
    since = now - WINDOW
    comments_, at_risk = db.session.execute(queries.comments(article.id, since=since)).one()
    reports = db.session.execute(queries.reports(article.id, since=since)).scalar_one()
    return Heat(comments_, reports, at_risk)


def measure(article: Article, site: Site, now: datetime) -> None:
    """After a comment or a report: above the line the article goes slower, if nobody minds.

    Nothing happens to an article whose mode is not open, that is slow already, or that a lead has
    called calm.
    """
    line = line_of(site)
    if not line.is_on or not _may_act(article, now):
        return
    heat = heat_of(article, now)
    if not heat.is_above(line):
        return
    article = comments.lock_thread(article.id)
    if not _may_act(article, now):
        return
    _slow_down(article, line, now)
    events.record(
        ArticleHeated(
            article_id=article.id,
            step=line.step,
            minutes=line.minutes,
            comments=heat.comments,
            reports=heat.reports,
            at_risk=heat.at_risk,
        ),
        site_id=site.id,
    )


def cool(article: Article, site: Site, *, by: Person) -> bool:
    """Take back at once what was done about its heat, and leave it in peace for as long again.

    False if there is nothing to take back: it is over, or somebody was quicker.
    """
    now, line = clock.now(), line_of(site)
    article = comments.lock_thread(article.id)
    if not article.is_hot_at(now):
        return False
    step = "slow" if article.slow_seconds is not None else PREMODERATED
    if step == PREMODERATED:
        articles.set_mode(article, How(), by=by)
    article.heat_until = article.slow_seconds = None
    article.calm_until = now + timedelta(minutes=line.minutes)
    article.version += 1
    db.session.flush()
    events.record(ArticleCooled(article_id=article.id, step=step, person_id=by.id), site_id=site.id)
    return True


def check_pace(article: Article, author: Person, now: datetime) -> None:
    """Raises Throttled if the article is in slow mode and `author` wrote here a moment ago."""
    seconds = article.slow_at(now)
    if seconds is None:
        return
    last = db.session.scalar(
        queries.last_comment(article.id, author.id, since=now - timedelta(seconds=seconds))
    )
    wait = 0 if last is None else ceil(seconds - (now - last).total_seconds())
    if wait <= 0 or wait > 2 * seconds:  # the clock was put back since
        return
    sentence = TOO_FAST.format(every=pace_in_words(seconds), wait=in_words(wait))
    raise Throttled(sentence, retry_after=wait)


def state_of(article: Article, site: Site, now: datetime) -> State:
    is_hot = article.is_hot_at(now)
    calm = article.calm_until
    return State(
        heat=heat_of(article, now),
        line=line_of(site),
        is_hot=is_hot,
        slow_seconds=article.slow_at(now),
        until=article.heat_until if is_hot else None,
        calm_until=calm if calm is not None and calm > now else None,
    )


def pace_in_words(seconds: int) -> str:
    """As exact as it was set."""
    return in_words(seconds) if seconds < 60 or seconds % 60 == 0 else f"{seconds} seconds"


def line_of(site: Site) -> HeatLine:
    return Screening.from_stored(site.settings.screening).heat


def _may_act(article: Article, now: datetime) -> bool:
    calm = article.calm_until is not None and article.calm_until > now
    return article.mode_at(now) is Mode.OPEN and not article.is_hot_at(now) and not calm


def _slow_down(article: Article, line: HeatLine, now: datetime) -> None:
    until = now + timedelta(minutes=line.minutes)
    if line.step == PREMODERATED:
        how = How(Mode.PREMODERATED, ModeReason.VOLUME, SENTENCE, until)
        articles.set_mode(article, how, by=None)
        article.slow_seconds = None
    else:
        article.slow_seconds = line.seconds_between
        article.version += 1
    article.heat_until = until
    db.session.flush()
