"""What authors are told when a decision no longer holds."""

import pytest
from sqlalchemy import select

from moderation import clock
from moderation.cases import decide, service
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.outbox.models import Message
from moderation.people.models import Person
from moderation.people.roles import Role
from tests import factories
from tests.cases.after import everything_adds_up, letters

pytestmark = pytest.mark.usefixtures("context")


def everything_is_sent() -> None:
    for message in db.session.scalars(select(Message)):
        message.sent_at = clock.now()
    db.session.flush()


def unsent_to_author(about: Comment) -> list[str]:
    unsent = (
        select(Message.body)
        .join(Person, Person.email == Message.to)
        .where(Person.id == about.author_id, Message.sent_at.is_(None))
    )
    return list(db.session.scalars(unsent))


def test_a_comment_that_waits_again_is_not_said_to_be_back() -> None:
    comment, ann = factories.comment(status=Status.PENDING), factories.moderator()
    hidden = factories.decision(comment, Action.HIDE, by=ann)
    everything_is_sent()
    decide.undo(hidden, by=ann)
    [letter] = unsent_to_author(comment)
    assert "everybody can read" not in letter
    assert "a moderator will look at it again" in letter


def test_a_withdrawn_comment_is_not_said_to_be_back() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    hidden = factories.decision(comment, Action.HIDE, by=ann)
    everything_is_sent()
    service.withdraw(comment, by=db.session.get_one(Person, comment.author_id))
    decide.undo(hidden, by=ann)
    [letter] = unsent_to_author(comment)
    assert "everybody can read" not in letter


def test_a_comment_hidden_for_another_reason_stays_off_the_page() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    factories.decision(comment, Action.HIDE)
    factories.notice(comment)
    again = factories.decision(comment, Action.HIDE, by=ann, code="defamation")
    everything_is_sent()
    decide.undo(again, by=ann)
    [letter] = unsent_to_author(comment)
    assert "stays off the page" in letter


def test_whoever_was_told_that_a_comment_is_back_gets_the_statement_again() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    hidden = factories.decision(comment, Action.HIDE, statement="It insults the mayor.")
    restored = factories.decision(comment, Action.RESTORE, by=ann)
    everything_is_sent()
    back = decide.undo(restored, by=ann)
    assert comment.status is Status.HIDDEN
    assert letters("statement:")[1:] == [f"statement:{hidden.id}:{back.id}"]
    [letter] = unsent_to_author(comment)
    assert "It insults the mayor." in letter
    assert f"/decisions/{hidden.id}/appeal" in letter
    everything_adds_up()


def test_nobody_hears_of_a_restoration_taken_back_at_once() -> None:
    comment, ann = factories.comment(), factories.moderator()
    factories.report(comment)
    factories.decision(comment, Action.HIDE)
    everything_is_sent()
    restored = factories.decision(comment, Action.RESTORE, by=ann)
    decide.undo(restored, by=ann)
    assert unsent_to_author(comment) == []


def test_the_author_of_a_comment_on_hold_hears_that_it_is_back() -> None:
    comment = factories.comment()
    factories.report(comment)
    factories.decision(comment, Action.HOLD, by=factories.person(Role.LEAD))
    approved = factories.decision(comment, Action.APPROVE)
    assert letters("restored:") == [f"restored:{approved.id}"]


def test_a_first_look_that_lets_a_comment_through_sends_no_letter() -> None:
    comment = factories.comment(status=Status.PENDING)
    factories.decision(comment, Action.APPROVE)
    assert unsent_to_author(comment) == []
