"""A lead at work on what machines may do keeps nobody from commenting, and no other lead out."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text

from moderation.articles.models import Article
from moderation.comments.models import Comment
from moderation.database import db
from moderation.intake import service as intake
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.screening import choices
from moderation.screening.health import checking
from moderation.screening.health.models import PhaseCheck
from moderation.sites.models import Site
from tests import factories
from tests.screening.health.broken import break_phase, comment

# SQLite has one writer at a time, whoever it is
pytestmark = pytest.mark.parametrize("database", ["postgres"], indirect=True)


def test_comments_come_in_while_a_lead_chooses(app: Flask) -> None:
    with app.app_context():
        article_id, author_id = factories.article().id, factories.person().id
        site_id = factories.site().id
        db.session.commit()
    with app.app_context():
        choices.lock(db.session.get_one(Site, site_id))

        def hand_in() -> None:
            db.session.execute(text("SET lock_timeout = '2s'"))
            article, author = (
                db.session.get_one(Article, article_id),
                db.session.get_one(Person, author_id),
            )
            intake.hand_in(article, author=author, body="The tram is late again.")
            db.session.commit()

        run_all(app, hand_in)
        assert db.session.scalar(select(Comment.author_id)) == author_id


def test_two_leads_press_check_them_now(app: Flask) -> None:
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        break_phase(patch)
        comment()
        site_id, lead_id = factories.site().id, factories.person(Role.LEAD).id
        db.session.commit()
    together = Barrier(2)

    def press() -> None:
        site, lead = db.session.get_one(Site, site_id), db.session.get_one(Person, lead_id)
        together.wait(10)
        assert checking.begin(site, "words", by=lead) == 1
        db.session.commit()

    run_all(app, press, press)
    with app.app_context():
        assert db.session.execute(select(PhaseCheck)).scalar_one().total == 1


def run_all(app: Flask, *jobs: Callable[[], None]) -> None:
    """Each in a thread and a session of its own; what one raises is raised here."""
    failures: list[Exception] = []

    def run(job: Callable[[], None]) -> None:
        with app.app_context():
            try:
                job()
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
