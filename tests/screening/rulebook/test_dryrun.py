"""A dry run over stored comments: what it counts, how it tells, what stops it and what does not."""

from datetime import timedelta
from typing import Any

import pytest

from moderation import clock, ids
from moderation.cases import service as cases
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.intake import service as intake
from moderation.screening.rulebook import dryrun, replay, tally
from moderation.screening.rulebook.models import DryRun, DryRunState
from moderation.screening.rulebook.tally import Fate, Tally
from moderation.sites import service as sites
from tests import factories
from tests.screening.rulebook.trial import blank, done, judged, propose, run_all

pytestmark = pytest.mark.usefixtures("context")


def found(run: DryRun) -> Tally:
    return Tally.from_stored(run.result)


def test_what_it_would_have_held_and_what_people_made_of_that() -> None:
    approved = [judged(f"A blue lantern, {n}.", Action.APPROVE) for n in range(3)]
    hidden = judged("Blue lantern!", Action.HIDE)
    judged("A red one.", Action.HIDE)
    factories.comment("Blue lanterns all over.")
    factories.comment("The blue lantern again.", status=Status.PENDING)
    author = factories.person()
    cases.withdraw(factories.comment("My blue lantern.", by=author), by=author)
    blank(factories.comment("A blue lantern nobody may read any more."))
    factories.comment("Nothing of the kind.")
    run = done(hold=True)
    assert (run.state, run.done, run.total) == (DryRunState.DONE, 10, 10)
    result = found(run)
    assert result.said_yes == {
        Fate.APPROVED: 3,
        Fate.HIDDEN: 1,
        Fate.UNQUESTIONED: 1,
        Fate.WAITING: 1,
        Fate.WITHDRAWN: 1,
    }
    assert (result.looked_at, result.blank, result.failed) == (9, 1, 0)
    assert set(result.examples[Fate.APPROVED]) == {comment.id for comment in approved}
    assert result.examples[Fate.HIDDEN] == [hidden.id]
    assert tally.sentences(result, hold=True, days=30)[:5] == [
        "Would have held 7 of 9 comments of the last 30 days.",
        "People approved 3 of them and hid 1; nobody decided about 1 on the page.",
        "1 comment waits for a decision.",
        "Authors took back 1 before anybody decided.",
        "In all, people hid 2 comments in this time; this rule finds 1.",
    ]


def test_the_last_decision_counts_and_what_was_undone_does_not() -> None:
    comment = judged("A blue lantern.", Action.HIDE)
    assert found(done()).said_yes == {Fate.HIDDEN: 1}
    factories.decision(comment, Action.RESTORE)
    assert found(done()).said_yes == {Fate.APPROVED: 1}


def test_only_the_period_and_only_this_site() -> None:
    now, site = clock.now(), factories.site()
    for days in (8, 6):
        with clock.at(now - timedelta(days=days)):
            factories.comment("A blue lantern.")
    elsewhere = factories.comment("A blue lantern.").article
    other = sites.add("other", name="Other", url="http://other.example", host="other.example")
    elsewhere.site_id = other.id
    assert found(done(site=site, days=7)).yes == 1
    assert found(done(site=site, days=30)).yes == 2


def test_what_was_known_when_it_was_written_is_what_is_asked() -> None:
    article, author = factories.article(), factories.person()
    for body in ("My first one.", "My second one.", "My third one."):
        intake.hand_in(article, author=author, body=body)
    result = found(done(expression="author.is_first"))
    assert (result.yes, result.looked_at, result.text_only) == (1, 3, 0)
    said = found(done(expression="flags['first-comment'] > 0.0"))
    assert said.yes == 1


def test_from_before_screening_little_is_known_and_that_is_said() -> None:
    author = factories.person()
    for _ in range(2):
        factories.comment("A blue lantern.", by=author)
    result = found(done(expression="author.comments == 1"))
    assert (result.yes, result.text_only) == (1, 2)
    assert "2 comments were written before screening began" in " ".join(
        tally.sentences(result, hold=False, days=1)
    )


def test_where_the_rule_fails_is_counted_and_said() -> None:
    for body in ("One http://a.example.", "None."):
        factories.comment(body)
    # samples have none or very many
    result = found(done(expression="comment.words / (comment.links - 1) > 1000"))
    assert (result.failed, result.looked_at) == (1, 2)
    assert tally.sentences(result, hold=True, days=7)[-1] == (
        "The rule failed on 1 comment: this rule divides by zero."
    )


def test_it_tells_how_far_it_is_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "BATCH", 2)
    for _ in range(5):
        factories.comment("A blue lantern.")
    run = propose()
    db.session.commit()
    told: list[tuple[int, int]] = []

    def keep_on() -> bool:
        row = db.session.get_one(DryRun, run.id)
        db.session.refresh(row)
        if row.done:
            told.append((row.done, row.total))
        db.session.rollback()
        # told to stop, it stays so
        return (4, 5) not in told

    dryrun.run_waiting(keep_on)
    db.session.refresh(run)
    assert told == [(2, 5), (4, 5)]
    # somebody begins it again
    assert (run.state, run.done) == (DryRunState.WAITING, 0)
    run_all()
    db.session.refresh(run)
    assert (run.state, run.done, found(run).yes) == (DryRunState.DONE, 5, 5)


def test_a_worker_that_died_loses_it_to_another_after_a_while() -> None:
    factories.comment("A blue lantern.")
    run = propose()
    run.state, run.touched_at, run.done = DryRunState.RUNNING, clock.now(), 1
    run_all()
    db.session.refresh(run)
    assert run.state is DryRunState.RUNNING
    run.touched_at = clock.now() - dryrun.LOST - timedelta(seconds=1)
    run_all()
    db.session.refresh(run)
    assert (run.state, run.done) == (DryRunState.DONE, 1)


def test_whoever_was_taken_for_dead_writes_nothing_over_the_other() -> None:
    factories.comment("A blue lantern.")
    run = propose()
    asked = []

    def somebody_else_takes_it() -> bool:
        asked.append(1)
        if len(asked) == 2:  # after it was claimed
            row = db.session.get_one(DryRun, run.id)
            row.touched_at, row.done = clock.now() + timedelta(seconds=1), 77
            db.session.commit()
        return len(asked) < 3

    db.session.commit()
    dryrun.run_waiting(somebody_else_takes_it)
    db.session.refresh(run)
    assert (run.state, run.done) == (DryRunState.RUNNING, 77)


@pytest.mark.parametrize("broken", ["comment.links >", "telepathy > 3"])
def test_a_rule_that_is_not_understood_any_more(broken: str) -> None:
    run = propose()
    run.expression = broken
    run_all()
    db.session.refresh(run)
    assert run.state is DryRunState.FAILED
    assert run.failure.startswith("Line 1, character ")


def test_something_broken_on_our_side_ends_one_and_not_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factories.comment("A blue lantern.")
    first, second = propose(), propose(name="other")
    ask, broken = replay.ask, [True]

    def breaks_once(*given: Any) -> Any:
        if broken:
            broken.clear()
            raise RuntimeError("a disk is full")
        return ask(*given)

    monkeypatch.setattr(replay, "ask", breaks_once)
    run_all()
    for run in (first, second):
        db.session.refresh(run)
    assert (first.state, first.failure) == (DryRunState.FAILED, dryrun.BROKE)
    assert second.state is DryRunState.DONE


def test_examples_are_few_spread_and_always_the_same() -> None:
    several = Tally()
    all_ids = [ids.new() for _ in range(50)]
    for comment_id in all_ids:
        several.add(comment_id, Fate.APPROVED, says=True)
    chosen = several.examples[Fate.APPROVED]
    assert len(chosen) == tally.EXAMPLES
    again = Tally()
    for comment_id in reversed(all_ids):
        again.add(comment_id, Fate.APPROVED, says=True)
    assert again.examples == several.examples
    assert Tally.from_stored(several.to_stored()) == several
