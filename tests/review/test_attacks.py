"""What a moderator tries on cases that are their own affair, and with forms that were changed."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.appeals import service as appeals
from moderation.cases.models import LANE_DANGER, Case, CaseKind
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from tests import factories, pages


def signed_in(app: Flask, email: str) -> tuple[FlaskClient, str]:
    client = app.test_client()
    factories.sign_in(client, email)
    return client, pages.token(client, "/me")


def holder_of(app: Flask, case_id: int) -> int | None:
    with app.app_context():
        return db.session.get_one(Case, case_id).lease_holder_id


class Affair:
    """A comment by one moderator, reported by another."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            author, reporter = factories.moderator(), factories.moderator()
            article = factories.article()
            comment = factories.comment("Mine.", by=author, on=article)
            factories.report(comment, by=reporter)
            case = factories.case_of(comment)
            self.author, self.reporter = author.email, reporter.email
            self.id, self.version, self.comment_id = case.id, case.version, comment.id
            self.revision_id, self.slug = comment.revision_id, article.slug
            db.session.commit()


@pytest.fixture
def affair(app: Flask) -> Affair:
    return Affair(app)


def test_looking_at_ones_own_case_neither_takes_it_nor_tells(app: Flask, affair: Affair) -> None:
    for email in (affair.author, affair.reporter):
        client, token = signed_in(app, email)
        for version in (affair.version, affair.version + 1):
            sent = {"csrf_token": token, "version": version}
            answer = client.post(f"/review/cases/{affair.id}/lease", data=sent)
            assert answer.status_code in (403, 404), version
    assert holder_of(app, affair.id) is None


def test_looking_takes_no_case_that_would_not_be_dealt(app: Flask, affair: Affair) -> None:
    with app.app_context():
        db.session.get_one(Case, affair.id).addressee = Role.LEAD
        moderator, lawyer = factories.moderator().email, factories.person(Role.LAWYER).email
        db.session.commit()
    for email in (moderator, lawyer):
        client, token = signed_in(app, email)
        sent = {"csrf_token": token, "version": affair.version}
        client.post(f"/review/cases/{affair.id}/lease", data=sent)
        assert holder_of(app, affair.id) is None


def test_own_comments_do_not_say_that_they_are_on_the_desk(app: Flask, affair: Affair) -> None:
    link = f"/review/cases/{affair.id}"
    for email, shown in ((affair.author, False), (affair.reporter, False), (None, True)):
        if email is None:
            client = factories.signed_in(app, Role.MODERATOR)
        else:
            client, _ = signed_in(app, email)
        assert (link in client.get(f"/articles/{affair.slug}").text) is shown


@pytest.mark.parametrize("shown", [2**40, 253402300800, 2**63, -1])
def test_a_moment_that_no_calendar_has_is_no_moment(app: Flask, affair: Affair, shown: int) -> None:
    client = factories.signed_in(app, Role.MODERATOR)
    token = pages.token(client, "/me")
    sent = {
        "csrf_token": token,
        "action": "approve",
        "revision": affair.revision_id,
        "version": affair.version + 7,
        "shown": shown,
    }
    answer = client.post(f"/review/cases/{affair.id}/decisions", data=sent)
    assert answer.status_code in (409, 422)


def appealed(app: Flask) -> tuple[int, str, str]:
    """(case, author, lawyer) of a moderator's comment about which a reporter appealed."""
    with app.app_context():
        author: Person = factories.moderator()
        comment: Comment = factories.comment("Mine.", by=author)
        report = factories.report(comment)
        decision = factories.decision(comment, Action.APPROVE)
        appeals.by_reporter(decision, text="I know him from school.", report=report)
        case = factories.case_of(comment, CaseKind.APPEAL)
        lawyer = factories.person(Role.LAWYER)
        db.session.commit()
        return case.id, author.email, lawyer.email


def test_an_appeal_that_is_not_theirs_is_shown_by_no_mistake(app: Flask) -> None:
    case_id, *others = appealed(app)
    for email in others:
        client, token = signed_in(app, email)
        broken = {"csrf_token": token}
        stale = {**broken, "outcome": "upheld", "revision": "1", "version": "77"}
        for sent in ({}, broken, stale):
            answer = client.post(f"/review/appeals/{case_id}/outcome", data=sent)
            assert answer.status_code in (403, 404)
            assert "I know him" not in answer.text


def test_a_lease_left_behind_is_no_way_in(app: Flask, affair: Affair) -> None:
    """Whoever held a case, and then reports its comment, lets go of it."""
    with app.app_context():
        case = db.session.get_one(Case, affair.id)
        case.lease_holder_id = db.session.scalar(
            db.select(Person.id).where(Person.email == affair.reporter)
        )
        case.lease_until = clock.now() + timedelta(seconds=30)
        case.lane = LANE_DANGER
        db.session.commit()
    client, token = signed_in(app, affair.reporter)
    assert f"/review/cases/{affair.id}" not in client.get("/review").text
    sent = {"csrf_token": token, "version": affair.version}
    assert client.post(f"/review/cases/{affair.id}/lease", data=sent).status_code == 403
