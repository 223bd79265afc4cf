"""My comments: where each stands, why, and what can be done about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from moderation import clock
from moderation.appeals import outcome as answers
from moderation.appeals import service as appeals
from moderation.cases import decide
from moderation.cases.decide import Reasons
from moderation.cases.decisions import AppealOutcome, Decision
from moderation.cases.models import CaseKind
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.intake import told
from moderation.people.models import Person
from tests import factories, pages

WORDS = "You are a turnip, all of you."
EXPLANATION = "It calls people vegetables."


def me() -> Person:
    return db.session.scalars(select(Person).order_by(Person.id)).first() or factories.person()


def written(status: Status = Status.PUBLISHED) -> Comment:
    return factories.comment(WORDS, by=me(), status=status)


def reported() -> Comment:
    comment = written()
    factories.report(comment, by=factories.person(name="Rita Reporter"))
    return comment


def hide(comment: Comment) -> Decision:
    by = factories.moderator(name="Mo Deskman")
    return factories.decision(comment, Action.HIDE, by=by, statement=EXPLANATION, note="Again!")


def appeal(decision: Decision, outcome: AppealOutcome | None) -> None:
    appeals.by_author(decision, text="No.")
    if outcome is None:
        return
    comment = db.session.get_one(Comment, decision.comment_id)
    case = factories.case_of(comment, CaseKind.APPEAL)
    answers.decide(
        case,
        outcome,
        by=factories.moderator(),
        seen=factories.seen(case),
        reasons=Reasons(factories.clause(), "Read it twice."),
    )


def hidden() -> Decision:
    return hide(reported())


def undone() -> None:
    decision = hidden()
    decide.undo(decision, by=db.session.get_one(Person, decision.decided_by_id))


def restored() -> None:
    comment = db.session.get_one(Comment, hidden().comment_id)
    factories.decision(comment, Action.RESTORE)


def hidden_again() -> None:
    decision = hidden()
    comment = db.session.get_one(Comment, decision.comment_id)
    factories.decision(comment, Action.HIDE, statement="And it is against the law.")


@pytest.mark.parametrize(
    ("story", "says", "says_not"),
    [
        (written, ("Published.", "See it in the thread", "Withdraw"), ("Appeal",)),
        (lambda: written(Status.PENDING), ("Waiting for a moderator.",), ("Appeal",)),
        (
            hidden,
            (
                "Hidden.",
                "Your comment was taken off the page.",
                EXPLANATION,
                "/policy/1#abuse",
                "A reader reported it under our policy. A person decided.",
                "you can appeal here",
                "Appeal this decision",
            ),
            ("Published.",),
        ),
        (lambda: hide(written(Status.PENDING)), ("Your comment was not published.",), ()),
        (undone, ("Published.", told.REVERSED, EXPLANATION), ("Appeal this decision",)),
        (restored, ("Published.", told.REVERSED), ("Appeal this decision",)),
        (hidden_again, (told.REPLACED, "And it is against the law."), ()),
        (lambda: appeal(hidden(), None), (told.APPEAL_OPEN,), ("Appeal this decision",)),
        (
            lambda: appeal(hidden(), AppealOutcome.UPHELD),
            ("Hidden.", told.APPEAL_LOST),
            ("Appeal this decision",),
        ),
        (
            lambda: appeal(hidden(), AppealOutcome.REVERSED),
            ("Published.", told.WON),
            ("Appeal this decision",),
        ),
    ],
)
def test_what_an_author_is_told(
    app: Flask,
    author: FlaskClient,
    story: Callable[[], object],
    says: tuple[str, ...],
    says_not: tuple[str, ...],
) -> None:
    with app.app_context():
        story()
        db.session.commit()
    read = pages.page(author, "/me/comments").text
    for words in (WORDS, *says):
        assert words in read
    # neither who reported nor who decided, nor what they say among themselves
    for words in (*says_not, "Rita", "Deskman", "Again!"):
        assert words not in read


def test_a_hold_is_a_restriction_with_its_reasons(app: Flask, author: FlaskClient) -> None:
    from moderation.people.roles import Role

    with app.app_context():
        lead = factories.person(Role.LEAD)
        factories.decision(reported(), Action.HOLD, by=lead, statement=EXPLANATION)
        db.session.commit()
    read = pages.page(author, "/me/comments").text
    assert "<strong>Off the page</strong>" in read
    assert EXPLANATION in read
    assert "Appeal this decision" in read


def test_only_ones_own_newest_first_by_the_page(app: Flask, author: FlaskClient) -> None:
    with app.app_context():
        factories.comment("Somebody else's.")
        for number in range(45):
            factories.comment(f"Number {number}.", by=me())
        db.session.commit()
    url, seen = "/me/comments", ""
    for _page in range(3):
        read = pages.page(author, url)
        seen += read.text
        older = [link for link in read.links if link.startswith("/me/comments?after=")]
        url = older[0] if older else url
    places = [seen.index(f"Number {number}.") for number in reversed(range(45))]
    assert places == sorted(places)
    assert "Somebody else" not in seen
    assert author.get("/me/comments?after=x").status_code == 400


def test_as_many_queries_for_one_as_for_twenty(app: Flask, author: FlaskClient) -> None:
    def count() -> int:
        statements: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        pages.page(author, "/me/comments")
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    with app.app_context():
        hidden()
        db.session.commit()
    one = count()
    with app.app_context():
        for _number in range(5):
            hidden()
            undone()
        db.session.commit()
    assert count() == one <= 8


def test_withdrawing_asks_first(app: Flask, author: FlaskClient) -> None:
    with app.app_context():
        id_ = reported().id
        db.session.commit()
    url = f"/comments/{id_}/withdraw"
    read = pages.page(author, url)
    assert WORDS in read.text
    assert author.post(url, data={}).status_code == 422
    answer = author.post(url, data={"csrf_token": pages.token(author, url)})
    assert (answer.status_code, answer.location) == (303, "/me/comments")
    read = pages.page(author, "/me/comments")
    assert "Your comment is withdrawn." in read.text
    assert "<strong>Withdrawn</strong> by you" in read.text
    assert url not in read.links
    with app.app_context():
        comment = db.session.get_one(Comment, id_)
        assert comment.status is Status.WITHDRAWN
        assert factories.case_of(comment).closed_at is not None
    assert author.get(url).status_code == 302
    again = {"csrf_token": pages.token(author, "/me/comments")}
    assert author.post(url, data=again).status_code == 409


def test_nobody_withdraws_what_others_wrote(app: Flask, author: FlaskClient) -> None:
    with app.app_context():
        id_ = factories.comment().id
        db.session.commit()
    token = pages.token(author, "/me/comments")
    for wrong, status in ((id_, 403), (7, 404), (2**63, 404)):
        assert author.get(f"/comments/{wrong}/withdraw").status_code == status
    for wrong, status in ((id_, 403), (7, 404)):
        data = {"csrf_token": token}
        assert author.post(f"/comments/{wrong}/withdraw", data=data).status_code == status


def test_after_six_months_no_appeal_is_offered(app: Flask, author: FlaskClient) -> None:
    with app.app_context():
        with clock.at(clock.now() - timedelta(days=190)):
            hidden()
        db.session.commit()
    read = pages.page(author, "/me/comments").text
    assert EXPLANATION in read
    assert "Appeal this decision" not in read


def test_signed_out_there_is_nothing_to_see(client: FlaskClient) -> None:
    assert client.get("/me/comments").location == "/sign-in?next=/me/comments"
    assert client.post("/comments/7/withdraw").status_code == 403
