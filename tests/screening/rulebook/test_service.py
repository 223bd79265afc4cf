"""A rule's life: proposed, tried, saved, switched, replaced, retired; two leads at once."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import Conflict, Missing, Refused
from moderation.events.models import Event
from moderation.intake import service as intake
from moderation.policy import service as policy
from moderation.screening import kit
from moderation.screening.rulebook import queries, service
from moderation.screening.rulebook.models import DryRunState
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.service import Record
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites
from tests import factories
from tests.screening.rulebook.trial import done, judged, propose, rule, save

pytestmark = pytest.mark.usefixtures("context")


def kinds() -> list[str]:
    return [
        kind
        for kind in db.session.scalars(select(Event.kind).order_by(Event.id))
        if kind.startswith("rule-")
    ]


def hand_in(body: str) -> Status:
    comment = intake.hand_in(factories.article(), author=factories.person(), body=body)
    db.session.flush()
    return comment.status


def test_from_proposal_to_holding_what_comes_next() -> None:
    run = propose(hold=True)
    with pytest.raises(Refused, match="dry run is not finished"):
        save(run)
    run = done(name="other")
    assert run.state is DryRunState.DONE
    site = factories.site()
    before = site.screening_version
    made = rule(PhaseMode.SHADOW, name="third", hold=True)
    assert (made.version, made.checker) == (1, "rule:third")
    assert site.screening_version > before
    assert hand_in("See the blue lantern.") is Status.PUBLISHED
    service.set_mode(made, PhaseMode.LIVE, site=site, by=None)
    assert hand_in("See the blue lantern!") is Status.PENDING
    service.set_mode(made, PhaseMode.OFF, site=site, by=None)
    assert hand_in("Once more: a blue lantern!") is Status.PUBLISHED
    assert len(kit.of(site).rules) == 0
    assert kinds()[-3:] == ["rule-saved", "rule-mode-changed", "rule-mode-changed"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "Free Money"}, "small letters and digits"),
        ({"name": "x" * 41}, "1 to 40"),
        ({"name": "phases"}, "the name of a page"),
        ({"clause": "telepathy"}, "no clause “telepathy”"),
        ({"days": 2}, "A dry run covers 1, 7, 30, 90, 365 days"),
        ({"expression": ""}, "Write what the rule asks"),
        ({"expression": "comment.lenght > 3"}, "Line 1, character 9: "),
        ({"base": 3}, "Somebody saved version 0"),
    ],
)
def test_what_cannot_be_proposed(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises((Refused, Conflict)) as told:
        propose(**wrong)
    assert sentence in told.value.sentence


def test_the_next_version_replaces_the_one_before_and_keeps_it() -> None:
    first = rule()
    second = rule(base=1, expression="comment.links > 3")
    assert (second.version, first.replaced_at is not None) == (2, True)
    site = factories.site()
    assert list(db.session.scalars(queries.in_force(site.id))) == [second]
    assert service.find(site, "blue-lantern") is second
    with pytest.raises(Conflict, match="not in force any more"):
        service.set_mode(first, PhaseMode.OFF, site=site, by=None)


def test_two_leads_change_one_rule_and_the_second_is_told() -> None:
    rule()
    anns, bobs = done(base=1, expression="comment.links > 3"), done(base=1)
    save(anns)
    with pytest.raises(Conflict, match="Somebody saved version 2 of “blue-lantern” meanwhile"):
        save(bobs)
    db.session.rollback()
    with pytest.raises(Conflict, match="There is a rule “blue-lantern” already"):
        propose(base=0)


def test_saved_twice_is_once() -> None:
    run = done()
    save(run)
    with pytest.raises(Conflict):
        save(run)


def test_a_retired_rule_asks_nobody_and_comes_back_as_its_next_version() -> None:
    made, site = rule(), factories.site()
    service.retire(made, site=site, by=None)
    assert len(kit.of(site).rules) == 0
    with pytest.raises(Conflict, match="not in force"):
        service.retire(made, site=site, by=None)
    with pytest.raises(Conflict, match="not in force"):
        service.set_mode(made, PhaseMode.LIVE, site=site, by=None)
    again = rule(base=1)
    assert (again.version, len(kit.of(site).rules)) == (2, 1)
    assert "rule-retired" in kinds()


def test_the_same_mode_again_changes_nothing() -> None:
    made, site = rule(), factories.site()
    service.set_mode(made, PhaseMode.LIVE, site=site, by=None)
    assert "rule-mode-changed" not in kinds()


def test_there_is_an_end_to_how_much_rules_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_RULES", 1)
    first, site = rule(), factories.site()
    other = save(done(name="other"), PhaseMode.OFF)
    with pytest.raises(Refused, match="There are 1 rules at work"):
        service.set_mode(other, PhaseMode.LIVE, site=site, by=None)
    # its own next version takes its place
    assert rule(base=first.version).version == 2
    monkeypatch.setattr(service, "MOST_RULES", 9)
    monkeypatch.setattr(service, "MOST_STEPS", 20)
    with pytest.raises(Refused, match="ask too much of every comment"):
        service.set_mode(other, PhaseMode.LIVE, site=site, by=None)


def test_in_shadow_it_is_measured_by_version_in_the_table_of_decisions() -> None:
    first, site = rule(PhaseMode.SHADOW, hold=True), factories.site()
    for body, action in (
        ("Blue lantern here.", Action.HIDE),
        ("Is it blue lantern?", Action.APPROVE),
    ):
        comment = intake.hand_in(factories.article(), author=factories.person(), body=body)
        assert comment.status is Status.PUBLISHED
        factories.report(comment, "spam")
        factories.decision(comment, action, code="spam")
    hand_in("No blue lantern ever.")
    judged("Not asked about.", Action.HIDE)
    assert service.records(site, [first]) == {first.id: Record(approved=1, hidden=1, open=1)}
    second = rule(PhaseMode.SHADOW, base=1)
    hand_in("Ah, blue lantern.")
    assert service.records(site, [first, second]) == {
        first.id: Record(approved=1, hidden=1, open=1),
        second.id: Record(open=1),
    }
    assert second.version == 2


def test_another_site_has_its_own() -> None:
    made = rule()
    other = sites.add("other", name="Other", url="http://other.example", host="other.example")
    policy.publish_starter(other)
    with pytest.raises(Missing):
        service.find(other, "blue-lantern")
    with pytest.raises(Missing):
        service.find_run(other, made.dry_run_id)
    assert len(kit.of(other).rules) == 0


def test_a_rule_that_is_refused_says_where() -> None:
    with pytest.raises(BadRule) as told:
        propose(expression="comment.links > 3 &&\n  author.is_frist")
    assert (told.value.line, told.value.column) == (2, 10)
    assert "Did you mean author.is_first?" in told.value.why


def test_no_rule_has_the_address_of_another_page(app: Flask) -> None:
    paths = [str(route).removeprefix("/rules/") for route in app.url_map.iter_rules()]
    pages = {path.split("/")[0] for path in paths if not path.startswith(("/", "<"))}
    assert {"new", "remote"} <= pages
    for name in pages:
        with pytest.raises(Refused, match="is the name of a page here"):
            service.check_name(name)
