"""A lead says how much may be held: thresholds follow from the last weeks, day by day."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from moderation import clock
from moderation.database import db
from moderation.screening import kit
from moderation.screening.budget import bars, duty, service
from moderation.screening.settings import Bars
from moderation.sites.models import Site
from tests import factories
from tests.screening.budget.rows import screened

SHIPPED = {
    "risk:attack": Bars(0.5, 0.9),
    "risk:hate": Bars(0.5, 0.8),
    "risk:spam": Bars(0.6, None),
    "words:threats": Bars(1.0, 1.0),
}


def limited(**screening: Any) -> Site:
    site = factories.site()
    site.stored_settings = {"screening": {"hold_share": 2, **screening}}
    db.session.flush()
    return site


def weeks(count: int = 300) -> None:
    """Comments of the last weeks: one in twenty an attack, and one threat."""
    on, by = factories.article(), factories.person()
    for number in range(count):
        if number % 20 == 0:
            screened(on, by, {"risk:attack": 0.9 + number / 10_000})
        else:
            screened(on, by, {"risk:attack": 0.1}, held_by="words:threats" if number == 7 else None)
    db.session.flush()


@pytest.mark.usefixtures("context")
def test_the_model_holds_what_the_lists_leave_of_the_share() -> None:
    site, now = limited(), clock.now()
    weeks()
    reckoning = service.reckon_now(site, SHIPPED, now)
    assert reckoning is not None
    assert reckoning.comments == 300
    assert reckoning.others == pytest.approx(1 / 300)
    assert reckoning.together == pytest.approx(6 / 300)
    version = site.screening_version
    service.keep(site, reckoning, now)
    assert site.screening_version == version + 1
    in_force = bars.raised(SHIPPED, site)
    # of fifteen attacks, from 0.900 up to 0.928, the five surest are left
    assert in_force["risk:attack"].report_at == 0.5
    assert in_force["risk:attack"].hold_at == pytest.approx(0.919)
    assert in_force["risk:hate"].hold_at == pytest.approx(0.838)
    assert in_force["risk:spam"] == Bars(0.6, None)
    assert in_force["words:threats"] == SHIPPED["words:threats"]
    assert bars.rows(site)[0].checker == bars.TOGETHER
    service.keep(site, reckoning, now)
    assert site.screening_version == version + 1


@pytest.mark.usefixtures("context")
def test_what_a_lead_has_set_by_hand_holds_first_and_stays() -> None:
    site = limited(bars={"risk:attack": [0.5, 0.91]})
    weeks()
    reckoning = service.reckon_now(site, SHIPPED, clock.now())
    assert reckoning is not None
    assert "risk:attack" not in reckoning.bars
    # eleven attacks from there up, and a threat: more than two percent
    assert reckoning.others == pytest.approx(11 / 300)
    assert reckoning.bars == {"risk:hate": None}


@pytest.mark.usefixtures("context")
def test_little_was_screened_so_the_shipped_thresholds_stay() -> None:
    site = limited()
    weeks(service.ENOUGH - 1)
    assert service.reckon_now(site, SHIPPED, clock.now()) is None
    assert bars.raised(SHIPPED, site) == SHIPPED


@pytest.mark.usefixtures("context")
def test_what_is_older_than_four_weeks_is_forgotten() -> None:
    site = limited()
    with clock.at(clock.now() - timedelta(days=29)):
        weeks()
    assert service.reckon_now(site, SHIPPED, clock.now()) is None


@pytest.mark.usefixtures("context")
def test_without_a_limit_the_shipped_thresholds_come_back() -> None:
    site, now = limited(), clock.now()
    weeks()
    service.keep(site, service.reckon_now(site, SHIPPED, now), now)
    site.stored_settings = {}
    assert service.reckon_now(site, SHIPPED, now) is None
    assert bars.raised(SHIPPED, site) == SHIPPED


def test_the_worker_reckons_once_a_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped: Mapping[str, Bars] = SHIPPED
    monkeypatch.setattr(kit, "shipped_bars", lambda _site: shipped)
    with app.app_context():
        limited()
        weeks()
        db.session.commit()
    assert hold_at(app) is None
    with app.app_context():
        duty.reckon_all(lambda: True)
    first = hold_at(app)
    assert first == pytest.approx(0.919)
    with app.app_context():
        limited(hold_share=100)
        db.session.commit()
        duty.reckon_all(lambda: True)
    assert hold_at(app) == first
    with app.app_context(), clock.at(clock.now() + timedelta(days=1)):
        duty.reckon_all(lambda: True)
    assert hold_at(app) == pytest.approx(0.9)
    with app.app_context(), clock.at(clock.now() + timedelta(days=2)):
        factories.site().stored_settings = {}
        db.session.commit()
        duty.reckon_all(lambda: True)
    assert hold_at(app) is None


def hold_at(app: Flask) -> float | None:
    """As it is stored for attacks."""
    with app.app_context():
        rows = {row.checker: row.hold_at for row in bars.rows(factories.site())}
    return rows.get("risk:attack")


@pytest.mark.usefixtures("context")
def test_a_check_that_is_not_live_any_more_leaves_its_room_to_the_model() -> None:
    site = limited(modes={"words": "shadow"})
    weeks()
    reckoning = service.reckon_now(site, SHIPPED, clock.now())
    assert reckoning is not None
    assert reckoning.others == 0
    assert reckoning.together == pytest.approx(6 / 300)
    # the room of the one threat is another attack's
    assert reckoning.shares["risk:attack"] == pytest.approx(6 / 300)
