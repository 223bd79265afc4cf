"""Several comments decided at once: all or none, each with what belongs to it, undone as one."""

import pytest
from sqlalchemy import select

from moderation.cases import together
from moderation.cases.decide import Reasons, Seen
from moderation.cases.decisions import Decision, Statement
from moderation.cases.models import LANE_LEGAL, Case, Outcome
from moderation.cases.stale import NotLatest, OthersMovedOn, StaleCase
from moderation.cases.together import Another
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import NotAllowed, Refused
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.sites import service as sites
from tests import factories
from tests.cases.after import everything_adds_up, letters

pytestmark = pytest.mark.usefixtures("context")


def reported(body: str = "Buy gold.") -> Comment:
    comment = factories.comment(body)
    factories.report(comment, "spam")
    return comment


def another(comment: Comment) -> Another:
    """As it is on the screen now."""
    case = db.session.scalar(select(Case).where(Case.comment_id == comment.id))
    assert comment.revision_id is not None
    return Another(comment.id, Seen(comment.revision_id, case.version if case else 0))


def decided(
    comment: Comment,
    *others: Comment | Another,
    by: Person,
    action: Action = Action.HIDE,
    code: str = "spam",
) -> Decision:
    case = factories.case_of(comment)
    return together.decide(
        case,
        action,
        [other if isinstance(other, Another) else another(other) for other in others],
        by=by,
        seen=factories.seen(case),
        reasons=Reasons(factories.clause(code), "It advertises."),
    )


def test_each_has_its_decision_its_statement_and_its_answer() -> None:
    ann = factories.moderator()
    card, copy, unreported = reported(), reported(), factories.comment("Buy gold.")

    decision = decided(card, copy, unreported, by=ann)

    for comment in (card, copy, unreported):
        assert comment.status is Status.HIDDEN
        its = db.session.execute(
            select(Decision).where(
                Decision.comment_id == comment.id, Decision.decided_by_id == ann.id
            )
        ).scalar_one()
        assert its.batch_id == decision.batch_id
        assert db.session.get_one(Statement, its.id).explanation == "It advertises."
        assert letters(f"statement:{its.id}") == [f"statement:{its.id}"]
        assert factories.case_of(comment).closed_at is not None
    assert len(letters("outcome:")) == 2
    assert decision.id == max(db.session.scalars(select(Decision.id)))
    everything_adds_up()


def test_alone_it_is_a_decision_like_any_other() -> None:
    card = reported()
    assert decided(card, by=factories.moderator()).batch_id is None


def test_one_undo_brings_everything_back_as_it_was() -> None:
    ann = factories.moderator()
    card, unreported = reported(), factories.comment("Buy gold.")
    held = factories.comment("Buy gold.", status=Status.PENDING)
    due = factories.case_of(held).due_at
    decision = decided(card, unreported, held, by=ann)

    undone = together.undo(decision, by=ann)

    assert (len(undone.back), undone.left) == (3, [])
    statuses = [comment.status for comment in (card, unreported, held)]
    assert statuses == [Status.PUBLISHED, Status.PUBLISHED, Status.PENDING]
    assert factories.case_of(card).closed_at is None
    assert (factories.case_of(held).closed_at, factories.case_of(held).due_at) == (None, due)
    # nobody had asked for a look at it, and nobody does now
    assert factories.case_of(unreported).closed_at is not None
    assert letters("statement:") == letters("outcome:") == []
    everything_adds_up()


def test_any_of_them_takes_all_of_them_back() -> None:
    ann = factories.moderator()
    card, copy = reported(), reported()
    decided(card, copy, by=ann)
    its = db.session.execute(select(Decision).where(Decision.comment_id == copy.id)).scalars()
    together.undo(list(its)[-1], by=ann)
    assert (card.status, copy.status) == (Status.PUBLISHED, Status.PUBLISHED)


def test_what_no_longer_stands_is_named_and_the_rest_comes_back() -> None:
    ann, lead = factories.moderator(), factories.person(Role.LEAD)
    card, copy = reported(), reported()
    decision = decided(card, copy, by=ann)
    factories.decision(copy, Action.RESTORE, by=lead)

    undone = together.undo(decision, by=ann)

    assert [one.comment_id for one in undone.back] == [card.id]
    assert [(one.comment_id, why) for one, why in undone.left] == [
        (copy.id, "This decision no longer stands: look at what was decided after it.")
    ]
    with pytest.raises(NotLatest):
        together.undo(decision, by=ann)
    everything_adds_up()


def test_a_colleagues_are_taken_back_by_a_lead_only() -> None:
    card, copy = reported(), reported()
    decision = decided(card, copy, by=factories.moderator())
    with pytest.raises(NotAllowed):
        together.undo(decision, by=factories.moderator())
    assert len(together.undo(decision, by=factories.person(Role.LEAD)).back) == 2


def test_if_one_moved_on_nothing_is_stored_and_every_such_one_is_named() -> None:
    card, fine, changed, gone = reported(), reported(), reported(), reported()
    seen = [another(comment) for comment in (fine, changed, gone)]
    factories.report(changed, "hatred")
    factories.decision(gone, Action.APPROVE)
    before = set(db.session.scalars(select(Decision.id)))
    db.session.commit()

    with pytest.raises(OthersMovedOn) as refused:
        decided(card, *seen, by=factories.moderator())

    assert refused.value.why.keys() == {changed.id, gone.id}
    db.session.rollback()
    assert set(db.session.scalars(select(Decision.id))) == before


def test_a_case_that_somebody_opened_meanwhile_is_a_change() -> None:
    card, copy = reported(), factories.comment("Buy gold.")
    seen = another(copy)
    factories.report(copy, "spam")
    with pytest.raises(OthersMovedOn):
        decided(card, seen, by=factories.moderator())


def test_the_card_itself_goes_first() -> None:
    card, copy = reported(), reported()
    case, seen = factories.case_of(card), factories.seen(factories.case_of(card))
    factories.report(card, "hatred")
    with pytest.raises(StaleCase):
        together.decide(
            case,
            Action.APPROVE,
            [another(copy)],
            by=factories.moderator(),
            seen=seen,
            reasons=Reasons(),
        )


@pytest.mark.parametrize("involved", ["author", "reporter", "author of one without a case"])
def test_nobody_decides_along_what_they_wrote_or_reported(involved: str) -> None:
    ann = factories.moderator()
    copy = factories.comment("Buy gold.", by=None if involved == "reporter" else ann)
    if involved != "author of one without a case":
        factories.report(copy, "spam", by=ann if involved == "reporter" else None)
    with pytest.raises(OthersMovedOn) as refused:
        decided(reported(), copy, by=ann)
    assert "somebody else decides" in refused.value.why[copy.id]


def test_what_the_law_is_asked_about_is_decided_by_itself() -> None:
    card, copy = reported(), reported()
    factories.notice(copy, reporter=factories.person())
    with pytest.raises(OthersMovedOn, match="Not all"):
        decided(card, copy, by=factories.moderator())
    factories.case_of(card).lane = LANE_LEGAL
    decided(card, copy, by=factories.moderator())


def test_a_lawyer_takes_nothing_along_that_is_not_about_the_law() -> None:
    card, noticed, plain = reported(), reported(), reported()
    for comment in (card, noticed):
        factories.notice(comment, reporter=factories.person())
    lawyer = factories.person(Role.LAWYER)
    with pytest.raises(OthersMovedOn) as refused:
        decided(card, noticed, plain, by=lawyer)
    assert refused.value.why == {plain.id: "A lawyer decides in the legal lanes only."}
    decided(card, noticed, by=lawyer)


def test_another_sites_withdrawn_and_impossible_ones_are_refused() -> None:
    card, elsewhere = reported(), factories.comment("Buy gold.")
    withdrawn, hidden = factories.comment("Buy gold."), reported()
    withdrawn.withdrawn_at = withdrawn.created_at
    factories.decision(hidden, Action.HIDE)
    other = sites.add("other", name="Other", url="http://other.example", host="other.example")
    elsewhere.article.site = other
    db.session.flush()
    case = factories.case_of(card)
    with pytest.raises(OthersMovedOn) as refused:
        together.decide(
            case,
            Action.APPROVE,
            [*map(another, (elsewhere, withdrawn, hidden)), Another(1, Seen(1, 0))],
            by=factories.moderator(),
            seen=factories.seen(case),
            reasons=Reasons(),
        )
    assert len(refused.value.why) == 4
    assert "is hidden cannot get" in refused.value.why[hidden.id]


def test_there_is_a_limit_and_nothing_counts_twice() -> None:
    ann, card, copy = factories.moderator(), reported(), reported()
    with pytest.raises(Refused, match="at most 64"):
        decided(card, *(Another(n, Seen(1, 0)) for n in range(65)), by=ann)
    decided(card, card, copy, copy, by=ann)
    mine = db.session.scalars(select(Decision).where(Decision.decided_by_id == ann.id)).all()
    assert len(mine) == 2


def test_approved_together_every_report_is_answered() -> None:
    card, copy = reported(), reported()
    decided(card, copy, by=factories.moderator(), action=Action.APPROVE)
    for comment in (card, copy):
        report = factories.report(comment, "spam")
        assert report.outcome is Outcome.NOT_UPHELD
