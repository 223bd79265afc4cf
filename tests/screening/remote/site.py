"""A site with a checker of its own, and a reader who hands in comments."""

from collections.abc import Sequence

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation import signatures
from moderation.cases.verdicts import StoredVerdict
from moderation.comments.models import Comment
from moderation.database import db, saved
from moderation.people.roles import Role
from moderation.screening.remote import secret
from moderation.screening.remote.models import RemoteAsk, RemoteChecker
from moderation.screening.rulebook.models import Rule
from moderation.screening.verdict import PhaseMode
from tests import factories, pages

THERE = "/articles/harbour-tram"
WORDS = "The tram should stop at the third pier."


def with_checker(
    app: Flask, url: str, *, mode: str = "live", closed: bool = False, limit_ms: int = 1000
) -> str:
    """Its secret. The time limit is long, for slow machines: tests of it say so."""
    app.config["OUTGOING_PRIVATE"] = True
    with app.app_context():
        site = factories.site()
        chosen = {"modes": {"remote": mode}, "closed": ["remote"] if closed else []}
        site.stored_settings = {"screening": chosen}
        site.screening_version += 1
        factories.article(slug="harbour-tram")
        row = RemoteChecker(site_id=site.id, url=url, limit_ms=limit_ms, salt=secret.new_salt())
        db.session.add(row)
        db.session.commit()
        return signatures.in_words(secret.key(current_app.config["SECRET_KEY"], row))


def with_rule(expression: str, *, name: str = "asks-others") -> Rule:
    """In force, reporting under “abuse”. The caller commits."""
    site = factories.site()
    site.screening_version += 1
    return saved(
        Rule(
            site_id=site.id,
            name=name,
            version=1,
            expression=expression,
            clause_code="abuse",
            mode=PhaseMode.LIVE,
            should_flag=[],
            should_pass=[],
            dry_run_id=0,
        )
    )


def hand_in(client: FlaskClient, body: str = WORDS, submission: str = "one") -> TestResponse:
    token = pages.token(client, THERE)
    form = {"csrf_token": token, "submission": submission, "body": body, "anyway": "1"}
    return client.post(f"{THERE}/comments", data=form)


def handed_in(app: Flask, body: str = WORDS) -> None:
    """By somebody, and taken."""
    assert hand_in(factories.signed_in(app, Role.COMMENTER), body).status_code == 303


def comment() -> Comment:
    return db.session.execute(select(Comment)).scalar_one()


def verdicts(phase: str = "remote") -> Sequence[StoredVerdict]:
    found = select(StoredVerdict).where(StoredVerdict.phase == phase).order_by(StoredVerdict.id)
    return db.session.scalars(found).all()


def asked() -> RemoteAsk:
    return db.session.execute(
        select(RemoteAsk).execution_options(populate_existing=True)
    ).scalar_one()
