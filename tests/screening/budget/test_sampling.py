"""A few comments that nobody named are shown to the desk, so that what is missed is known."""

from datetime import timedelta

import pytest

from moderation import clock, ids
from moderation.cases import decide
from moderation.cases.models import LANE_REST
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.intake import service as intake
from moderation.screening.budget import numbers, sampling
from moderation.screening.budget.numbers import Share
from moderation.screening.budget.sampling import is_drawn
from moderation.screening.words import service as words
from tests import factories
from tests.screening.budget.rows import note_screened, said

pytestmark = pytest.mark.usefixtures("context")
DAY = timedelta(days=1)


@pytest.fixture
def every(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is drawn."""
    monkeypatch.setattr(sampling, "is_drawn", lambda _id, percent: percent > 0)


def consider(comment: Comment, *, is_flagged: bool = False) -> bool:
    case = sampling.consider(comment, site=factories.site(), is_flagged=is_flagged)
    return case is not None


@pytest.mark.usefixtures("every")
def test_a_sample_is_an_ordinary_case_with_a_day_to_decide() -> None:
    comment = factories.comment()
    with clock.at(clock.now()):
        assert consider(comment)
        case = factories.case_of(comment)
        assert case.is_sample
        assert (case.lane, case.due_at) == (LANE_REST, clock.now() + DAY)
    factories.decision(comment, Action.HIDE)
    assert case.closed_at is not None


@pytest.mark.usefixtures("every")
def test_what_somebody_named_or_holds_is_no_sample() -> None:
    assert not consider(factories.comment(), is_flagged=True)
    assert not consider(factories.comment(status=Status.PENDING))
    reported = factories.comment()
    factories.report(reported)
    assert not consider(reported)
    assert not factories.case_of(reported).is_sample
    factories.site().stored_settings = {"screening": {"sampled": 0}}
    assert not consider(factories.comment())


@pytest.mark.usefixtures("every")
def test_handing_in_draws() -> None:
    fine = intake.hand_in(factories.article(), author=factories.person(), body="A roof, please.")
    assert factories.case_of(fine).is_sample
    words.give_starter(factories.site())
    named = intake.hand_in(factories.article(), author=factories.person(), body="You moron.")
    assert not factories.case_of(named).is_sample


def test_the_draw_is_fair_and_repeatable() -> None:
    drawn = {id_ for id_ in range(100_000) if is_drawn(id_, 1.5)}
    assert 1350 <= len(drawn) <= 1650
    assert drawn == {id_ for id_ in range(100_000) if is_drawn(id_, 1.5)}
    assert not any(is_drawn(id_, 0) for id_ in range(1000))
    # more of them are the same and others
    assert drawn <= {id_ for id_ in range(100_000) if is_drawn(id_, 3)}


@pytest.mark.usefixtures("every")
def test_what_is_missed_is_estimated_from_what_was_decided() -> None:
    site, since = factories.site(), clock.now() - DAY
    for action in (Action.HIDE, Action.APPROVE, Action.APPROVE, None):
        comment = factories.comment()
        assert comment.revision_id is not None
        note_screened(comment.id, comment.revision_id)
        consider(comment)
        if action is not None:
            factories.decision(comment, action)
    found = numbers.numbers(site, since).samples
    assert (found.opened, found.waiting, found.unnamed) == (4, 1, 4)
    assert found.missed == Share(1, 3)
    about, least, most = found.estimate
    assert (about, least, most) == (1, 0, 3)
    # other tests may have travelled in time, and ids never go back
    later = ids.time_of(ids.new()) + DAY * 2
    assert numbers.numbers(site, later).samples.opened == 0


def test_machines_are_measured_by_version_against_people() -> None:
    site, since = factories.site(), clock.now() - DAY

    def judged(action: Action, *named: tuple[str, str], code: str = "abuse") -> Comment:
        comment = factories.comment()
        for checker, version in named:
            said(comment, checker, version)
        factories.report(comment, code)
        factories.decision(comment, action, code=code)
        return comment

    first, second = ("rule:shouting", "1"), ("rule:shouting", "2")
    judged(Action.HIDE, first)
    judged(Action.APPROVE, first)
    judged(Action.HIDE)
    judged(Action.HIDE, second)
    judged(Action.HIDE, second)
    judged(Action.HIDE, code="spam")
    judged(Action.HIDE)
    by_version = {one.version: one for one in numbers.numbers(site, since).checkers}
    assert by_version["1"].right == Share(1, 2)
    assert by_version["1"].caught == Share(1, 2)
    assert by_version["2"].right == Share(2, 2)
    # what was hidden as spam is nothing it looks for
    assert by_version["2"].caught == Share(2, 3)


def test_what_was_undone_counts_for_nothing_and_the_last_word_counts() -> None:
    site, since, lead = factories.site(), clock.now() - DAY, factories.moderator()
    undone, restored = factories.comment(), factories.comment()
    for comment in (undone, restored):
        said(comment, "rule:shouting")
        factories.report(comment)
    decide.undo(factories.decision(undone, Action.HIDE, by=lead), by=lead)
    factories.decision(restored, Action.HIDE)
    factories.decision(restored, Action.RESTORE)
    (found,) = numbers.numbers(site, since).checkers
    assert found.right == Share(0, 1)
    assert found.upheld == Share(0, 0)
