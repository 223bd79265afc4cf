"""A check that broke looks again, as it would have looked then; each comment by itself."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from moderation import clock
from moderation.cases.decisions import Statement
from moderation.cases.models import Report
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.status import Status
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening import again
from moderation.screening.health import checking, service
from moderation.screening.health.models import PhaseCheck
from moderation.screening.verdict import PhaseMode
from moderation.screening.words import service as words
from tests import factories
from tests.cases.after import everything_adds_up
from tests.screening.health.broken import break_phase, comment, unchecked
from tests.screening.remote.site import with_rule

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _listed(context: Flask) -> None:
    words.give_starter(factories.site())
    db.session.commit()


def check_all(phase: str = "words") -> PhaseCheck:
    site = factories.site()
    checking.begin(site, phase, by=factories.person(Role.LEAD))
    db.session.commit()
    checking.run_waiting(lambda: True)
    return db.session.get_one(PhaseCheck, (site.id, phase), populate_existing=True)


def test_what_it_finds_counts_as_if_it_had_looked_at_once() -> None:
    with pytest.MonkeyPatch.context() as patch:
        break_phase(patch)
        abuse = comment()
        threat = comment("Go die in the harbour.")
        harmless = comment("The tram is late again.")
        db.session.commit()
    assert len(unchecked()) == 3
    check = check_all()
    assert (check.total, check.done, check.checked) == (3, 3, 3)
    assert unchecked() == []
    assert abuse.status is Status.PUBLISHED
    assert db.session.scalar(select(Report).where(Report.checker == "words:abuse"))
    assert threat.status is Status.PENDING
    assert db.session.execute(select(Statement)).scalar_one().comment_id == threat.id
    assert harmless.status is Status.PUBLISHED
    flagged = dict(db.session.execute(select(Screened.comment_id, Screened.is_flagged)).all())
    assert flagged[abuse.id]
    assert flagged[threat.id]
    everything_adds_up()


def test_still_broken_nothing_changes_and_it_ends() -> None:
    with pytest.MonkeyPatch.context() as patch:
        break_phase(patch)
        comment()
        db.session.commit()
        before = [verdict.id for verdict in unchecked()]
        check = check_all()
    assert (check.done, check.checked) == (1, 0)
    assert check.finished_at is not None
    assert [verdict.id for verdict in unchecked()] == before


def test_one_that_breaks_again_does_not_keep_the_others() -> None:
    with pytest.MonkeyPatch.context() as patch:
        break_phase(patch)
        first = comment()
        comment("You are a moron too.")
        db.session.commit()
    with pytest.MonkeyPatch.context() as patch:
        real = again.check_again

        def check(revision_id: int, phase: str, **given: object) -> bool:
            if revision_id == first.revision_id:
                raise RuntimeError("the database said no")
            return real(revision_id, phase, **given)  # type: ignore[arg-type]

        patch.setattr(again, "check_again", check)
        assert check_all().checked == 1
    assert [verdict.comment_id for verdict in unchecked()] == [first.id]


def test_rules_look_again_at_what_the_others_said() -> None:
    with_rule('verdicts.exists(v, v.checker == "words:abuse")')
    db.session.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moderation.screening.rulebook.ruleset.RuleSet.verdicts", None)
        said = comment()
        db.session.commit()
    assert [verdict.checker for verdict in unchecked("rule")] == ["rule"]
    check_all("rule")
    found = db.session.scalars(select(StoredVerdict).where(StoredVerdict.phase == "rule")).all()
    assert [(verdict.checker, verdict.is_checked) for verdict in found] == [
        ("rule:asks-others", True)
    ]
    assert said.status is Status.PUBLISHED


def test_of_two_rules_the_one_that_looked_is_not_counted_twice() -> None:
    with_rule("comment.words > 1", name="long")
    breaks = with_rule("comment.words / (comment.links - comment.links) > 1", name="breaks")
    db.session.commit()
    comment()
    db.session.commit()
    assert [verdict.checker for verdict in unchecked("rule")] == ["rule:breaks"]
    assert check_all("rule").checked == 0
    breaks.replaced_at = clock.now()
    factories.site().screening_version += 1
    db.session.commit()
    assert check_all("rule").checked == 1
    reports = db.session.scalars(select(Report).where(Report.checker == "rule:long")).all()
    assert len(reports) == 1
    everything_adds_up()


def test_what_is_known_is_what_was_known_then() -> None:
    """Neither an older account nor its own link nor a later copy of it changes the answer."""
    with pytest.MonkeyPatch.context() as patch:
        for phase in ("links", "repeats", "account-age"):
            break_phase(patch, phase)
        first = comment("Read all about it at https://pier.example/news today, dear neighbours.")
        db.session.commit()
    comment("Read all about it at https://pier.example/news today, dear neighbours.")
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=300)):
        for phase in ("links", "repeats", "account-age"):
            check_all(phase)
    checkers = set(
        db.session.scalars(
            select(StoredVerdict.checker).where(
                StoredVerdict.comment_id == first.id, StoredVerdict.is_checked.is_(True)
            )
        )
    )
    assert "account-age" in checkers
    assert not any(checker.startswith("repeats") for checker in checkers)
    assert any(checker.startswith("links") for checker in checkers)


def test_what_a_person_has_hidden_is_kept_and_opens_nothing() -> None:
    from moderation.comments.status import Action

    with pytest.MonkeyPatch.context() as patch:
        break_phase(patch)
        said = comment()
        factories.report(said)
        factories.decision(said, Action.HIDE)
        db.session.commit()
    assert check_all().checked == 1
    assert factories.case_of(said).closed_at is not None
    everything_adds_up()


def test_a_check_that_is_off_looks_at_nothing() -> None:
    with pytest.MonkeyPatch.context() as patch:
        break_phase(patch)
        said = comment()
        db.session.commit()
    site = factories.site()
    site.stored_settings = {"screening": {"modes": {"words": PhaseMode.OFF.value}}}
    db.session.commit()
    assert said.revision_id is not None
    assert again.check_again(said.revision_id, "words", site=site) is False
    assert len(unchecked()) == 1
    assert service.troubles(site) == []


def test_each_comment_is_a_transaction_of_its_own() -> None:
    with pytest.MonkeyPatch.context() as patch:
        break_phase(patch)
        for number in range(3):
            comment(f"Moron number {number}.")
        db.session.commit()
    commits: list[int] = []

    def committed(_connection: object) -> None:
        commits.append(1)

    site = factories.site()
    checking.begin(site, "words", by=factories.person())
    db.session.commit()
    event.listen(db.engine, "commit", committed)
    try:
        checking.work_off(site.id, "words", keep_on=lambda: len(unchecked()) > 1, within=1)
    finally:
        event.remove(db.engine, "commit", committed)
    assert len(unchecked()) == 1  # told to stop, it stops between two
    assert len(commits) >= 4
    checking.run_waiting(lambda: True)
    assert unchecked() == []
