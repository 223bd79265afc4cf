"""The demo newspaper: made from its files, whole, and only where it belongs."""

from flask import Flask
from sqlalchemy import select

from moderation.articles.models import Article, Mode
from moderation.cases.models import Case, Report
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.demo import service
from moderation.people.roles import Role
from moderation.screening.rulebook.models import Rule
from moderation.screening.verdict import PhaseMode
from tests import factories
from tests.cases.after import everything_adds_up
from tests.pages import page


def test_the_demo_shows_every_side_of_the_work(app: Flask) -> None:
    with app.app_context():
        assert service.is_empty()
        accounts = service.fill(factories.site())
        db.session.commit()
        assert not service.is_empty()
        assert {role for role, _, _ in accounts} == {r.value for r in Role if r is not Role.READER}
        assert set(db.session.scalars(select(Article.mode))) >= {Mode.OPEN, Mode.PREMODERATED}
        statuses = set(db.session.scalars(select(Comment.status)))
        assert statuses >= {Status.PUBLISHED, Status.PENDING, Status.HIDDEN}
        lanes = set(db.session.scalars(select(Case.lane).where(Case.closed_at.is_(None))))
        assert lanes == {0, 1, 2}
        checkers = set(db.session.scalars(select(Report.checker)))
        assert checkers >= {None, "repeats", "contempt", "risk:spam"}
        everything_adds_up()
        slugs = list(db.session.scalars(select(Article.slug)))
    for slug in slugs:
        page(app.test_client(), f"/articles/{slug}")


def test_the_demos_rules_are_saved_after_their_dry_run(app: Flask) -> None:
    with app.app_context():
        service.fill(factories.site())
        db.session.commit()
        service.add_rules(factories.site())
        modes = dict(db.session.execute(select(Rule.name, Rule.mode)).all())
    assert modes == {
        "first-comment-link": PhaseMode.LIVE,
        "same-text-new-account": PhaseMode.SHADOW,
    }


def test_only_the_demo_shows_its_mail(app: Flask) -> None:
    client = app.test_client()
    page(client, "/demo/mail", 404)
    app.config["DEMO"] = True
    page(client, "/demo/mail")
