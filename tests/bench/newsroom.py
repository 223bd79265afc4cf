"""A publication of a given size, as the services would leave it: for figures and query plans.

Next to its ordinary threads there are always the same two, of 50 and of 1,000 comments, and the
same crowd, so that sizes can be compared.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from flask import Flask
from sqlalchemy import insert, select

from moderation import clock, ids
from moderation.articles.models import Article
from moderation.cases.decisions import Decision, How
from moderation.cases.models import LANE_REST, Case, CaseKind, Outcome, Report, Track
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.models import Person
from moderation.screening.normal import normalised
from moderation.screening.repeats import minhash
from moderation.screening.repeats.models import Band, StoredSignature
from moderation.screening.settings import PHASES
from moderation.screening.words import service as words
from tests import factories
from tests.bench import crowd, fifty_rules, seed

THREAD = 100  # comments under an ordinary article
BUSY = 10  # articles that are written under while we measure
SHORT, LONG = ("fifty", 50), ("thousand", 1000)
REPORTED_IN, OPEN_IN = 20, 50  # one comment in so many
IN_WINDOW = 100_000  # of the last comments, to find copies among
COUNTED = 2000  # more articles, of which only the number of comments is asked
PEOPLE_IN = 10  # one author for so many comments


def slug(number: int) -> str:
    return f"article-{number}"


def url(number: int) -> str:
    """Of one of those that are counted."""
    return f"https://news.example/2026/counted-{number}"


def plant(app: Flask, comments: int, *, people: int) -> None:
    """`comments` in threads of THREAD, and `people` in the crowd; the site screens as shipped."""
    with app.app_context():
        site = factories.site()
        words.give_starter(site)
        fifty_rules.add(site)
        crowd.plant(people)
        authors = seed.authors(max(50, comments // PEOPLE_IN))
        for name, roots in (SHORT, LONG):
            seed.thread(factories.article(slug=name), authors, roots=roots)
        first = factories.article(slug=slug(0))
        seed.thread(first, authors, roots=THREAD // 2, replies=1)
        db.session.commit()
        seed.copies(first, comments // THREAD - 1, authors=authors)
        rows = [
            {"site_id": site.id, "slug": f"counted-{n}", "url": url(n), "title": "Counted"}
            for n in range(COUNTED)
        ]
        db.session.execute(insert(Article), rows)
        db.session.commit()
        _work(comments)
        _window(min(IN_WINDOW, comments))
        db.session.commit()


def _work(comments: int) -> None:
    """Cases that were closed with their reports, and cases that are open."""
    site_id, moderator = factories.site().id, factories.moderator()
    clause_id, reporter = factories.clause().id, factories.person()
    db.session.commit()
    found = select(Comment.id).join(Article).where(Article.slug.like("article-%"))
    every = db.session.scalars(found.order_by(Comment.id)).all()
    closed = every[::REPORTED_IN]
    waiting = every[1::OPEN_IN]
    _cases(closed, site_id=site_id, is_open=False)
    _cases(waiting, site_id=site_id, is_open=True)
    _decisions(closed, site_id=site_id, moderator=moderator)
    reported = [(one, Outcome.UPHELD) for one in closed] + [(one, None) for one in waiting]
    _reports(reported, clause_id=clause_id, reporter_id=reporter.id)


def _cases(about: Sequence[int], *, site_id: int, is_open: bool) -> None:
    now = clock.now()
    rows = [
        {
            "id": ids.new(),
            "site_id": site_id,
            "comment_id": comment_id,
            "kind": CaseKind.REVIEW,
            "lane": LANE_REST,
            "due_at": now + timedelta(days=30, seconds=place),
            "opened_at": now,
            "closed_at": None if is_open else now,
            "version": 1,
        }
        for place, comment_id in enumerate(about)
    ]
    db.session.execute(insert(Case), rows)


def _decisions(about: Sequence[int], *, site_id: int, moderator: Person) -> None:
    rows = [
        {
            "id": ids.new(),
            "site_id": site_id,
            "comment_id": comment_id,
            "revision_id": comment_id,
            "action": Action.APPROVE,
            "status_before": Status.PUBLISHED,
            "decided_how": How.PERSON,
            "decided_by_id": moderator.id,
        }
        for comment_id in about
    ]
    db.session.execute(insert(Decision), rows)


def _reports(
    about: Sequence[tuple[int, Outcome | None]], *, clause_id: int, reporter_id: int
) -> None:
    now = clock.now()
    rows = [
        {
            "id": ids.new(),
            "comment_id": comment_id,
            "revision_id": comment_id,
            "track": Track.POLICY,
            "clause_id": clause_id,
            "reporter_id": reporter_id,
            "outcome": outcome,
            "settled_at": outcome and now,
        }
        for comment_id, outcome in about
    ]
    db.session.execute(insert(Report), rows)


def _window(count: int) -> None:
    """What the last comments said, each something else."""
    drawn, site_id = random.Random(5), factories.site().id
    said = minhash.signature(normalised(seed.BODY).text)
    columns = (Comment.id, Comment.author_id, Comment.article_id)
    last = db.session.execute(select(*columns).order_by(Comment.id.desc()).limit(count)).all()
    keys = len(minhash.keys(site_id, said.minhash))
    signatures = [
        {
            "comment_id": comment_id,
            "revision_id": comment_id,
            "site_id": site_id,
            "author_id": author_id,
            "article_id": article_id,
            "exact": drawn.getrandbits(62),
            "minhash": said.minhash,
        }
        for comment_id, author_id, article_id in last
    ]
    db.session.execute(insert(StoredSignature), signatures)
    bands = [(drawn.getrandbits(62), row[0]) for row in last for _ in range(keys)]
    bands.sort()  # as the table has them: many times faster
    marks = "?, ?" if db.engine.dialect.name == "sqlite" else "%s, %s"
    db.session.connection().exec_driver_sql(
        f"INSERT INTO {Band.__tablename__} (key, comment_id) VALUES ({marks})", bands
    )


def screening_off() -> None:
    """Every check of the site; the caller commits."""
    site = factories.site()
    modes = dict.fromkeys(PHASES, "off")
    site.stored_settings = {**site.stored_settings, "screening": {"modes": modes}}
    site.screening_version += 1
