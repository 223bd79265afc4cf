"""An article gets hot: it goes slower for a while, readers are told, a lead takes it back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from moderation import clock
from moderation.articles import service as articles
from moderation.articles.models import Article, Mode, ModeReason
from moderation.articles.service import How
from moderation.cases.verdicts import StoredVerdict
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.errors import Throttled
from moderation.events.models import Event
from moderation.intake import service as intake
from moderation.people.roles import Role
from moderation.reports import service as reports
from moderation.screening.heat import queries
from moderation.screening.heat import service as heat
from moderation.screening.heat.service import Heat
from moderation.screening.settings import HeatLine
from tests import factories

NOON = datetime(2031, 5, 3, 12, tzinfo=UTC)
AT_THREE = {"is_on": True, "comments": 3, "reports": 2, "at_risk": 2}
pytestmark = pytest.mark.usefixtures("context")


def draw_line(**line: Any) -> None:
    factories.site().stored_settings = {"screening": {"heat": {**AT_THREE, **line}}}
    db.session.flush()


def write(article: Article, count: int) -> None:
    """By as many people, seconds apart."""
    start = clock.now()
    for number in range(count):
        with clock.at(start + timedelta(seconds=number)):
            intake.hand_in(article, author=factories.person(), body="The pier needs a roof.")


def kinds() -> list[str]:
    return [
        kind
        for kind in db.session.scalars(select(Event.kind).order_by(Event.id))
        if kind.startswith("article-h")
    ]


def test_many_comments_make_it_slow_for_an_hour_and_then_it_is_over() -> None:
    draw_line()
    article = factories.article()
    with clock.at(NOON):
        write(article, 2)
        assert article.slow_at(clock.now()) is None
    with clock.at(NOON + timedelta(minutes=1)):
        before = article.version
        write(article, 1)
        assert article.slow_at(clock.now()) == 120
        assert article.version > before
        assert kinds() == ["article-heated"]
    assert article.slow_at(NOON + timedelta(minutes=60)) == 120
    assert article.slow_at(NOON + timedelta(minutes=61)) is None


def test_comments_spread_over_the_day_are_no_heat() -> None:
    draw_line()
    article = factories.article()
    for minute in range(0, 60, 6):
        with clock.at(NOON + timedelta(minutes=minute)):
            write(article, 1)
    assert article.heat_until is None


def test_in_slow_mode_everybody_waits_for_themselves() -> None:
    draw_line()
    article, keen, calm = factories.article(), factories.person(), factories.person()
    with clock.at(NOON):
        write(article, 2)
        intake.hand_in(article, author=keen, body="First.")
    with clock.at(NOON + timedelta(seconds=50)):
        intake.hand_in(article, author=calm, body="Mine.")
        intake.hand_in(factories.article(), author=keen, body="Elsewhere it is not slow.")
        with pytest.raises(Throttled, match=r"one comment in 2 minutes\. Wait 2 minutes") as told:
            intake.hand_in(article, author=keen, body="Second.")
        assert told.value.retry_after == 70
    with clock.at(NOON + timedelta(seconds=120)):
        assert intake.hand_in(article, author=keen, body="Second.").status is Status.PUBLISHED


def test_reports_alone_make_it_hot_and_so_do_comments_at_risk() -> None:
    draw_line(comments=500)
    with clock.at(NOON):
        reported, risky = factories.article(), factories.article()
        about = factories.comment(on=reported)
        for _ in range(2):
            reports.report(about, by=factories.person(), clause=factories.clause(), explanation="")
        assert reported.is_hot_at(NOON)
        for mode in ("live", "live", "shadow"):
            flag(factories.comment(on=risky), mode)
        assert heat.heat_of(risky, NOON) == Heat(comments=3, reports=0, at_risk=2)
        heat.measure(risky, factories.site(), NOON)
        assert risky.is_hot_at(NOON)


def flag(comment: Comment, mode: str) -> None:
    assert comment.revision_id is not None
    db.session.add(
        StoredVerdict(
            site_id=factories.site().id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            phase="words",
            checker="words:abuse",
            mode=mode,
            would="report",
            clause_code="abuse",
            score=1.0,
            spans=[],
            why=[],
        )
    )
    db.session.flush()


def test_the_other_step_lets_nothing_appear_before_it_is_read() -> None:
    draw_line(step="premoderated", minutes=30)
    article = factories.article()
    with clock.at(NOON):
        write(article, 3)
    with clock.at(NOON + timedelta(minutes=1)):
        assert article.mode_at(clock.now()) is Mode.PREMODERATED
        assert article.mode_reason is ModeReason.VOLUME
        assert "moderator reads each" in article.mode_sentence
        held = intake.hand_in(article, author=factories.person(), body="And mine.")
        assert held.status is Status.PENDING
    with clock.at(NOON + timedelta(minutes=31)):
        assert article.mode_at(clock.now()) is Mode.OPEN
        fresh = intake.hand_in(article, author=factories.person(), body="Over.")
        assert fresh.status is Status.PUBLISHED


@pytest.mark.parametrize("step", ["slow", "premoderated"])
def test_a_lead_takes_it_back_and_it_stays_so_for_as_long(step: str) -> None:
    draw_line(step=step)
    article, lead = factories.article(), factories.person(Role.LEAD)
    with clock.at(NOON):
        write(article, 3)
        assert heat.cool(article, factories.site(), by=lead)
        assert not heat.cool(article, factories.site(), by=lead)
        assert article.mode is Mode.OPEN
        assert article.slow_at(NOON) is None
    with clock.at(NOON + timedelta(minutes=59)):
        write(article, 4)
        assert not article.is_hot_at(clock.now())
    with clock.at(NOON + timedelta(minutes=61)):
        write(article, 3)
        assert article.is_hot_at(clock.now())


@pytest.mark.parametrize("mode", [Mode.PREMODERATED, Mode.CLOSED, Mode.HIDDEN])
def test_what_a_person_has_set_is_never_touched(mode: Mode) -> None:
    draw_line()
    article = factories.article()
    with clock.at(NOON):
        for _ in range(5):
            factories.comment(on=article)
        how = How(mode, ModeReason.LEGAL, "A court sits.", None)
        articles.set_mode(article, how, by=factories.person(Role.LEAD))
        heat.measure(article, factories.site(), NOON)
        assert not article.is_hot_at(NOON)
        assert articles.mode_of(article) == how


def test_a_mode_set_by_hand_ends_what_heat_did() -> None:
    draw_line(step="premoderated")
    article = factories.article()
    with clock.at(NOON):
        write(article, 3)
        articles.set_mode(article, How(), by=factories.person(Role.LEAD))
    with clock.at(NOON + timedelta(minutes=5)):
        write(article, 3)
        assert article.mode_at(clock.now()) is Mode.OPEN


def test_it_is_off_unless_a_lead_turns_it_on() -> None:
    assert HeatLine().is_on is False
    article = factories.article()
    with clock.at(NOON):
        for _ in range(70):
            factories.comment(on=article)
        heat.measure(article, factories.site(), NOON)
        assert not article.is_hot_at(NOON)
        assert heat.heat_of(article, NOON).comments == 70


def test_the_limit_of_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNTED", 4)
    article = factories.article()
    with clock.at(NOON):
        for _ in range(6):
            factories.comment(on=article)
        assert heat.heat_of(article, NOON).comments == 4
