"""How fast the work is: hand in, report, deal, decide, with few and with many open cases."""

import statistics
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select

from moderation import clock, ids
from moderation.articles.models import Article
from moderation.cases.models import LANE_REST, Case, CaseKind
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.intake import service as intake
from moderation.people.models import Person
from moderation.review import service as desk
from tests import factories
from tests.bench import reading, seed

FEW = 10
TIMES = 20


def run(instance: Path, open_cases: int) -> None:
    """Print what each step costs, its commit on disk included."""
    app = reading.prepared(instance)
    with app.app_context():
        article = factories.article(slug="busy")
        authors = [factories.person().id for _ in range(50)]
        seed.thread(article, authors, roots=FEW)
        db.session.commit()
    few = _measured(app, "busy")
    with app.app_context():
        article = db.session.execute(select(Article)).scalar_one()
        seed.thread(article, authors, roots=open_cases)
        _open_cases()
        db.session.commit()
    many = _measured(app, "busy")
    print(f"\nwith commit, median of {TIMES}, ms    {FEW:>10,} open {open_cases:>12,} open")
    for name, took in few.items():
        print(f"  {name:28} {took:14.1f} {many[name]:17.1f}   × {many[name] / took:.1f}")


def _open_cases() -> None:
    """A case for every comment, each due at another minute."""
    site_id, now = factories.site().id, clock.now()
    every = enumerate(db.session.scalars(select(Comment.id)))
    rows = [
        {
            "id": ids.new(),
            "site_id": site_id,
            "comment_id": comment_id,
            "kind": CaseKind.REVIEW,
            "lane": LANE_REST,
            "due_at": now + timedelta(days=30, minutes=place),
            "opened_at": now,
            "version": 1,
        }
        for place, comment_id in every
    ]
    db.session.execute(insert(Case), rows)


def _measured(app: Flask, slug: str) -> dict[str, float]:
    """Milliseconds by step."""
    took: dict[str, list[float]] = {}
    for _ in range(TIMES):
        for name, milliseconds in once(app, slug).items():
            took.setdefault(name, []).append(milliseconds)
    return {name: statistics.median(times) for name, times in took.items()}


def once(app: Flask, slug: str) -> dict[str, float]:
    """One comment's way under this article: milliseconds by step."""
    with app.app_context():
        article = db.session.scalars(select(Article).where(Article.slug == slug)).one()
        author, moderator = factories.person(), factories.moderator()
        db.session.commit()
        return {
            name: reading.timed(partial(_done, step)) / 1000
            for name, step in _steps(article, author, moderator)
        }


def _done(step: Callable[[], object]) -> None:
    step()
    db.session.commit()


def _steps(
    article: Article, author: Person, moderator: Person
) -> list[tuple[str, Callable[[], object]]]:
    """One comment's way, step by step; each leaves what the next one needs."""
    made: dict[str, Comment] = {}

    def hand_in() -> None:
        made["it"] = intake.hand_in(article, author=author, body=seed.BODY)

    def deal() -> None:
        now = clock.now()
        desk.deal(moderator, desk.desk_of(moderator, factories.site(), now=now))

    return [
        ("hand in a comment", hand_in),
        ("report it", lambda: factories.report(made["it"])),
        ("deal a case", deal),
        ("decide: hide", lambda: factories.decision(made["it"], Action.HIDE, by=moderator)),
    ]
