"""Appealing and answering, as a browser sees it."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from moderation import signing
from moderation.appeals import service
from moderation.cases.decisions import Appeal, AppealOutcome, Decision
from moderation.cases.models import CaseKind
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.roles import Role
from tests import factories, pages

WORDS = "The turnip did it."


@dataclass
class Story:
    """A comment, a report, a notice and a decision; who is who by e-mail."""

    comment_id: int
    decision_id: int
    author: str
    reporter: str
    decider: str
    token: str


def tell(app: Flask, action: Action) -> Story:
    with app.app_context():
        author, reader = factories.person(), factories.person()
        decider = factories.moderator(name="Moderator Mole")
        comment = factories.comment(WORDS, by=author)
        factories.report(comment, by=reader, explanation="What the reader says.")
        notice = factories.notice(comment)
        decision = factories.decision(comment, action, by=decider)
        token = signing.signed("report", notice.id)
        db.session.commit()
        return Story(comment.id, decision.id, author.email, reader.email, decider.email, token)


def browser(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    factories.sign_in(client, email)
    return client


def send(client: FlaskClient, url: str, **data: str) -> TestResponse:
    return client.post(url, data={"csrf_token": pages.token(client, "/me/reports"), **data})


def appeals(app: Flask) -> list[Appeal]:
    with app.app_context():
        return list(db.session.scalars(select(Appeal).order_by(Appeal.id)))


def test_an_author_appeals(app: Flask) -> None:
    story = tell(app, Action.HIDE)
    client, url = browser(app, story.author), f"/decisions/{story.decision_id}/appeal"
    page = pages.page(client, url)
    assert WORDS in page.text
    assert "Your comment was taken off the page." in page.text
    assert "What the reader says." not in page.text
    sent = send(client, url, text="It was\r\na joke.")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/me/comments")
    (appeal,) = appeals(app)
    assert (appeal.text, appeal.report_id) == ("It was\na joke.", None)
    assert client.get(url).status_code == 409
    assert send(client, url, text="Again.").status_code == 409


def test_a_reporter_appeals(app: Flask) -> None:
    story = tell(app, Action.APPROVE)
    client, url = browser(app, story.reporter), f"/decisions/{story.decision_id}/appeal"
    assert url in pages.page(client, "/me/reports").links
    page = pages.page(client, url)
    assert WORDS in page.text
    assert "do not agree with you" in page.text
    sent = send(client, url, text="It does insult.")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/me/reports")
    mine = pages.page(client, "/me/reports")
    assert "You appealed on" in mine.text
    assert url not in mine.links


def test_somebody_without_an_account_appeals(app: Flask, client: FlaskClient) -> None:
    story = tell(app, Action.APPROVE)
    url = f"/decisions/{story.decision_id}/appeal?token={story.token}"
    assert url in pages.page(client, f"/reports/{story.token}").links
    assert WORDS in pages.page(client, url).text
    sent = client.post(url, data={"text": "It lies."})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/reports/{story.token}")
    assert appeals(app)[0].report_id is not None


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_a_bad_appeal_comes_back_with_what_was_typed(app: Flask, text: str) -> None:
    story = tell(app, Action.HIDE)
    client = browser(app, story.author)
    answer = send(client, f"/decisions/{story.decision_id}/appeal", text=text)
    assert answer.status_code == 422
    assert text.strip() in pages.read(answer).text
    assert appeals(app) == []


def test_others_learn_nothing(app: Flask, client: FlaskClient) -> None:
    story = tell(app, Action.HIDE)
    url = f"/decisions/{story.decision_id}/appeal"
    answer = client.get(url)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")
    assert client.post(url, data={"text": "x"}).status_code == 403
    nothing = f"/decisions/{story.decision_id + 1}/appeal"
    for other in (factories.signed_in(app), browser(app, story.reporter)):
        assert other.get(url).status_code == 404
        assert other.get(nothing).status_code == 404
    with app.app_context():
        elsewhere = signing.signed("report", factories.notice(factories.comment()).id)
        db.session.commit()
    for token in (elsewhere, "x", story.token + "x"):
        assert client.get(url, query_string={"token": token}).status_code == 404


def test_what_is_hidden_stays_hidden_from_its_reporter(app: Flask, client: FlaskClient) -> None:
    story = tell(app, Action.APPROVE)
    with app.app_context():
        comment = db.session.get_one(Comment, story.comment_id)
        factories.report(comment, "spam")
        factories.decision(comment, Action.HIDE)
        db.session.commit()
    url = f"/decisions/{story.decision_id}/appeal?token={story.token}"
    answer = client.get(url)
    assert answer.status_code == 400
    assert WORDS not in answer.text


def lodged(app: Flask, story: Story) -> tuple[str, dict[str, str]]:
    """Where an appeal by the author is answered, and what the card showed."""
    with app.app_context():
        decision = db.session.get_one(Decision, story.decision_id)
        service.by_author(decision, text="It was a joke.")
        comment = db.session.get_one(Comment, story.comment_id)
        case = factories.case_of(comment, CaseKind.APPEAL)
        seen = factories.seen(case)
        db.session.commit()
        url = f"/review/appeals/{case.id}/outcome"
    return url, {"revision": str(seen.revision_id), "version": str(seen.version)}


def test_a_moderator_answers(app: Flask) -> None:
    story = tell(app, Action.HIDE)
    url, seen = lodged(app, story)
    client = factories.signed_in(app, Role.MODERATOR)
    sent = send(client, url, outcome="reversed", statement="Funny indeed.", note="n", **seen)
    assert sent.status_code == 303
    (appeal,) = appeals(app)
    assert appeal.outcome is AppealOutcome.REVERSED
    with app.app_context():
        assert db.session.get_one(Comment, story.comment_id).status is Status.PUBLISHED
        case_id = appeal.case_id
    shown = " ".join(pages.page(client, f"/review/cases/{case_id}").text.split())
    assert "It has been answered." in shown
    assert "somebody else hears the appeal" not in shown
    assert "</bdi> hid it under Personal abuse on" in shown


def test_the_second_answer_is_told_and_keeps_what_was_typed(app: Flask) -> None:
    story = tell(app, Action.HIDE)
    url, seen = lodged(app, story)
    send(factories.signed_in(app, Role.MODERATOR), url, outcome="upheld", **seen)
    late = factories.signed_in(app, Role.MODERATOR)
    answer = send(late, url, outcome="reversed", statement="Long reasons.", note="N.", **seen)
    assert answer.status_code == 409
    page = pages.read(answer)
    assert "the decision stands, and the comment is hidden" in " ".join(page.text.split())
    assert "Long reasons." in page.text
    assert "N." in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "perhaps"},
        {"outcome": ""},
        {"version": "x"},
        {"revision": "9" * 30},
        {"statement": "x" * 2001},
    ],
)
def test_a_bad_answer_comes_back(app: Flask, wrong: dict[str, str]) -> None:
    story = tell(app, Action.HIDE)
    url, seen = lodged(app, story)
    data = {"outcome": "upheld", "note": "kept note", **seen, **wrong}
    answer = send(factories.signed_in(app, Role.MODERATOR), url, **data)
    assert answer.status_code == 422
    assert "kept note" in pages.read(answer).text


def test_a_reversal_against_the_author_asks_for_reasons(app: Flask) -> None:
    story = tell(app, Action.APPROVE)
    url = f"/decisions/{story.decision_id}/appeal"
    send(browser(app, story.reporter), url, text="It does insult.")
    with app.app_context():
        comment = db.session.get_one(Comment, story.comment_id)
        case = factories.case_of(comment, CaseKind.APPEAL)
        seen = factories.seen(case)
        outcome_url = f"/review/appeals/{case.id}/outcome"
    client = factories.signed_in(app, Role.MODERATOR)
    data = {"revision": str(seen.revision_id), "version": str(seen.version)}
    missing = send(client, outcome_url, outcome="reversed", statement="kept", **data)
    assert missing.status_code == 422
    page = pages.read(missing)
    assert "Choose the clause that is broken" in page.text
    assert "It does insult." in page.text
    fine = send(client, outcome_url, outcome="reversed", clause="abuse", statement="So.", **data)
    assert fine.status_code == 303
    author = browser(app, story.author)
    with app.app_context():
        newest = db.session.scalar(select(func.max(Decision.id)))
    assert "So." in pages.page(author, f"/decisions/{newest}/appeal").text


def test_who_may_not_answer(app: Flask, client: FlaskClient) -> None:
    story = tell(app, Action.HIDE)
    url, seen = lodged(app, story)
    data = {"outcome": "upheld", **seen}
    assert client.post(url, data=data).status_code == 403
    assert send(factories.signed_in(app), url, **data).status_code == 403
    assert send(browser(app, story.decider), url, **data).status_code == 403
    assert send(factories.signed_in(app, Role.LAWYER), url, **data).status_code == 403
    moderator = factories.signed_in(app, Role.MODERATOR)
    assert send(moderator, "/review/appeals/1/outcome", **data).status_code == 404
