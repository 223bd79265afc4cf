"""A site's instruments: built once, and anew when its words, rules, choices or policy change."""

import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from moderation.database import db
from moderation.policy import service as policy
from moderation.screening import choices, kit
from moderation.screening.rulebook.models import Rule
from moderation.screening.settings import Screening
from moderation.screening.verdict import PhaseMode
from moderation.screening.words import service as words
from moderation.screening.words.matcher import Matcher
from moderation.sites import service as sites
from moderation.sites.models import Site
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")


def test_it_is_built_once_and_asked_for_without_a_query(app: Flask) -> None:
    site = factories.site()
    first = kit.of(site)
    with counted(app) as seen:
        assert kit.of(site) is first
    assert seen == []


def test_new_words_are_in_it() -> None:
    site = factories.site()
    before = kit.of(site)
    listed = words.open_list(site, "ours", clause="abuse")
    words.import_lines(listed, ["nincompoop"], site=site, by=None)
    after = kit.of(site)
    assert (len(before.matcher), len(after.matcher)) == (0, 1)
    assert "words:abuse" in after.bars
    assert "words:abuse" not in before.bars


def test_a_new_rule_is_in_it() -> None:
    site = factories.site()
    assert len(kit.of(site).rules) == 0
    db.session.add(
        Rule(
            site_id=site.id,
            name="links",
            version=1,
            expression="comment.links > 3",
            clause_code="spam",
            mode=PhaseMode.LIVE,
            dry_run_id=0,
        )
    )
    sites.renew_screening(site)
    assert [rule.name for rule in kit.of(site).rules.rules] == ["links"]


def test_the_next_policy_brings_its_own_clauses() -> None:
    site = factories.site()
    before = kit.of(site)
    text = tomllib.loads(policy.STARTER.read_text("utf-8"))
    text["clause"] = [clause for clause in text["clause"] if clause["code"] != "spam"]
    policy.publish(site, text)
    after = kit.of(site)
    assert "spam" in before.clauses
    assert "spam" not in after.clauses
    assert after.clauses["abuse"] != before.clauses["abuse"]


def test_what_a_lead_chooses_holds_at_once() -> None:
    site = factories.site()
    assert kit.of(site).chosen.mode("risk") is PhaseMode.LIVE
    choices.choose(site, Screening().with_mode("risk", PhaseMode.SHADOW), by=None)
    assert kit.of(site).chosen.mode("risk") is PhaseMode.SHADOW


def test_each_site_has_its_own() -> None:
    ours = factories.site()
    theirs = sites.add("other", name="The Other", url="http://other.example", host="other.example")
    policy.publish_starter(theirs)
    listed = words.open_list(theirs, "theirs", clause="abuse")
    words.import_lines(listed, ["nincompoop"], site=theirs, by=None)
    assert len(kit.of(theirs).matcher) == 1
    assert len(kit.of(ours).matcher) == 0
    assert kit.of(ours).clauses["abuse"] != kit.of(theirs).clauses["abuse"]


def test_threads_that_need_it_at_the_same_time_share_one(app: Flask) -> None:
    db.session.commit()

    def built(_number: int) -> kit.Kit:
        with app.app_context():
            return kit.of(factories.site())

    with ThreadPoolExecutor(4) as threads:
        kits = list(threads.map(built, range(8)))
    assert all(one is kits[0] for one in kits)


def test_what_is_shipped_needs_no_database(app: Flask) -> None:
    with counted(app) as seen:
        shipped = kit.shipped()
    assert seen == []
    assert len(shipped.matcher) > 0
    assert len(shipped.rules) == 0


def test_others_write_while_it_is_built(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long lists take a while, and on SQLite there is one writer at a time."""
    db.session.commit()
    site, build = factories.site(), words.matcher

    def write() -> str:
        with app.app_context():
            slug = factories.article().slug
            db.session.commit()
            return slug

    def slow(of: Site) -> Matcher:
        with ThreadPoolExecutor(1) as somebody_else:
            assert somebody_else.submit(write).result(timeout=10)
        return build(of)

    monkeypatch.setattr(words, "matcher", slow)
    kit.prepare(site)
    monkeypatch.setattr(words, "matcher", lambda _: pytest.fail("It was there already."))
    kit.prepare(site)


def test_a_site_whose_own_is_broken_is_screened_with_what_ships(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = factories.site()

    def broken(_: Site) -> Matcher:
        raise RuntimeError("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(words, "matcher", broken)
        bare = kit.of(site)
        assert len(bare.matcher) > 100
        assert bare.clauses == policy.codes_in_force(site)
    assert len(kit.of(site).matcher) == 0
