"""Handing in a comment: where it goes, and what is refused."""

import secrets
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from moderation import clock
from moderation.articles import service as articles
from moderation.articles.models import Article, Mode, ModeReason
from moderation.articles.service import How
from moderation.cases.decisions import Decision
from moderation.cases.models import Case
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.errors import Conflict, Missing, NotAllowed, Refused
from moderation.intake import service
from moderation.intake.models import Draft
from moderation.people.models import Person, Sanction, SanctionKind
from tests import factories

pytestmark = pytest.mark.usefixtures("context")

SENTENCE = "A court is hearing this case."


def taken(mode: Mode, until: datetime | None = None) -> Article:
    """An article whose comments are taken in this way."""
    article = factories.article()
    articles.set_mode(article, How(mode, ModeReason.LEGAL, SENTENCE, until), by=None)
    return article


def hand_in(
    article: Article, by: Person | None = None, body: str = "Well said.", **given: object
) -> Comment:
    return service.hand_in(article, author=by or factories.person(), body=body, **given)  # type: ignore[arg-type]


def count(what: type[Comment] | type[Case]) -> int:
    return db.session.scalar(select(func.count()).select_from(what)) or 0


def decision_on(comment: Comment) -> Decision:
    return db.session.scalars(select(Decision).where(Decision.comment_id == comment.id)).one()


def test_an_open_article_publishes_at_once() -> None:
    article = factories.article()
    comment = hand_in(article)
    assert comment.status is Status.PUBLISHED
    assert decision_on(comment).action is Action.APPROVE
    assert (article.comment_count, count(Case)) == (1, 0)


def test_a_premoderated_article_holds_it_and_opens_a_case() -> None:
    comment = hand_in(taken(Mode.PREMODERATED))
    assert comment.status is Status.PENDING
    assert decision_on(comment).action is Action.HOLD
    case = factories.case_of(comment)
    assert case.closed_at is None
    assert case.due_at <= clock.now() + timedelta(hours=8)


@pytest.mark.parametrize("mode", [Mode.CLOSED, Mode.HIDDEN])
def test_a_closed_or_hidden_article_takes_none_and_says_why(mode: Mode) -> None:
    with pytest.raises(Refused, match=SENTENCE):
        hand_in(taken(mode))
    assert count(Comment) == 0


def test_a_mode_that_has_ended_is_open_again() -> None:
    until = clock.now() + timedelta(hours=1)
    article = taken(Mode.CLOSED, until)
    with clock.at(until):
        assert hand_in(article).status is Status.PUBLISHED


def test_an_answer_stands_below_what_it_answers() -> None:
    root = factories.comment()
    answer = hand_in(root.article, parent_id=root.id)
    assert (answer.parent_id, answer.root_id) == (root.id, root.id)
    assert root.reply_count == 1


def test_only_a_published_comment_of_the_same_article_is_answered() -> None:
    article = factories.article()
    elsewhere = factories.comment()
    waiting = factories.comment(on=article, status=Status.PENDING)
    for parent_id in (elsewhere.id, waiting.id, 7, 0, -1, 2**63):
        with pytest.raises(Missing, match="not there any more"):
            hand_in(article, parent_id=parent_id)


@pytest.mark.parametrize("body", ["", " \n\t", "\0\x07", "\u200b\u2060", "> >\n>", "\u3164"])
def test_nothing_is_not_a_comment(body: str) -> None:
    with pytest.raises(Refused, match="Write something"):
        hand_in(factories.article(), body=body)


def test_five_thousand_characters_and_no_more() -> None:
    article = factories.article()
    longest = "🙂" * 5000
    comment = hand_in(article, body=f" {longest}\r\n")
    assert db.session.get_one(Revision, comment.revision_id).body == longest
    with pytest.raises(Refused, match=r"at most 5,000 characters, and yours has 5,001"):
        hand_in(article, body=longest + "!")


def test_an_address_must_be_confirmed_first() -> None:
    with pytest.raises(NotAllowed, match="Confirm your e-mail address first"):
        hand_in(factories.article(), factories.person(confirmed_at=None))


@pytest.mark.parametrize("kind", list(SanctionKind))
def test_who_is_suspended_or_banned_may_not_write(kind: SanctionKind) -> None:
    article, author = factories.article(), factories.person()
    comment = factories.comment(on=article, by=author)
    factories.report(comment)
    decision = factories.decision(comment, Action.HIDE)
    until = None if kind is SanctionKind.BAN else clock.now() + timedelta(days=3)
    sanction = saved(Sanction(person_id=author.id, decision_id=decision.id, kind=kind, until=until))
    if kind not in {SanctionKind.SUSPEND, SanctionKind.BAN}:
        assert hand_in(article, author).id
        return
    with pytest.raises(NotAllowed, match=r"may not write comments until|no longer write"):
        hand_in(article, author)
    if until is not None:
        with clock.at(until):
            assert hand_in(article, author).id
    sanction.lifted_at = clock.now()
    assert hand_in(article, author).id


def test_a_form_sent_twice_is_one_comment() -> None:
    article, author = factories.article(), factories.person()
    first = hand_in(article, author, submission="s1")
    assert hand_in(article, author, submission="s1") is first
    assert hand_in(article, author, submission="s2") is not first
    assert hand_in(article, submission="s1") is not first
    assert hand_in(article, author) is not hand_in(article, author)
    assert article.comment_count == 5


def test_a_form_sent_twice_is_answered_although_the_thread_has_closed() -> None:
    article, author = factories.article(), factories.person()
    first = hand_in(article, author, submission="s1")
    articles.set_mode(article, How(Mode.CLOSED, ModeReason.VOLUME, "Enough."), by=None)
    assert hand_in(article, author, submission="s1") is first


def test_the_same_form_with_other_words_loses_nothing() -> None:
    article, author = factories.article(), factories.person()
    hand_in(article, author, submission="s1")
    with pytest.raises(Conflict, match="as a comment of their own"):
        hand_in(article, author, "And another thing.", submission="s1")
    assert article.comment_count == 1


def test_the_same_form_under_another_article_is_the_first_comment() -> None:
    author = factories.person()
    first = hand_in(factories.article(), author, submission="s1")
    assert hand_in(factories.article(), author, submission="s1") is first


@pytest.mark.parametrize("submission", ["a b", "x" * 65, "ß", "\0"])
def test_a_submission_nobody_drew(submission: str) -> None:
    with pytest.raises(Refused, match="Send it again"):
        hand_in(factories.article(), submission=submission)


def test_a_draft_is_found_by_its_token_for_a_day() -> None:
    root = factories.comment()
    token = service.keep(root.article, body=" Dear all,\r\nno. ", parent_id=root.id)
    draft = service.kept(root.article, token)
    assert draft is not None
    assert (draft.body, draft.parent_id) == ("Dear all,\nno.", root.id)
    assert token not in draft.token_hash
    assert service.kept(factories.article(), token) is None
    assert service.kept(root.article, token + "x") is None
    assert service.kept(root.article, "\ud800\0") is None
    with clock.at(clock.now() + service.DRAFTS_KEPT + timedelta(seconds=1)):
        assert service.kept(root.article, token) is None


def test_drafts_nobody_came_back_for_are_thrown_away() -> None:
    article = factories.article()
    with clock.at(clock.now() - service.DRAFTS_KEPT - timedelta(seconds=1)):
        service.keep(article, body="Too late.", parent_id=None)
    service.keep(article, body="Hear me.", parent_id=None)
    service.clear_old_drafts()
    assert db.session.scalars(select(Draft.body)).all() == ["Hear me."]


def test_a_draft_becomes_one_comment_in_however_many_windows() -> None:
    article, author = factories.article(), factories.person()
    draft = service.kept(article, service.keep(article, body="Hear me.", parent_id=None))
    assert draft is not None
    name = service.submission_of(draft)
    assert hand_in(article, author, draft.body, submission=name) is hand_in(
        article, author, draft.body, submission=name
    )


def test_nothing_is_kept_for_a_closed_thread_or_a_parent_that_is_gone() -> None:
    with pytest.raises(Refused, match=SENTENCE):
        service.keep(taken(Mode.CLOSED), body="Hear me.", parent_id=None)
    with pytest.raises(Missing):
        service.keep(factories.article(), body="Hear me.", parent_id=7)
    with pytest.raises(Refused):
        service.keep(factories.article(), body=" ", parent_id=None)
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_what_is_drawn_for_a_form_is_taken_back() -> None:
    drawn = {service.new_submission() for _ in range(3)}
    assert len(drawn) == 3
    for submission in drawn | {secrets.token_urlsafe(18)}:
        assert hand_in(factories.article(), submission=submission).submission == submission
