"""The page of the checks: their order, their switches, their scores; two leads at once."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.database import db
from moderation.events.models import Event
from moderation.people.roles import Role
from moderation.screening import kit, screen
from moderation.screening.control import about, queries
from moderation.screening.phases import threats
from moderation.screening.risk.model import SHIPPED_BARS
from moderation.screening.settings import PHASES, Bars, Screening
from moderation.screening.subject import Subject
from moderation.screening.verdict import PhaseMode, Verdict, Would
from tests import factories, pages
from tests.conftest import make_app
from tests.screening.budget.rows import said

HERE = "/rules/phases"
# as shipped, but for attacks
SCORES = {
    f"{name}-{checker.replace(':', '-')}": "" if bar is None else f"{bar:g}"
    for checker, bars in {**SHIPPED_BARS, **threats.DEFAULT_BARS}.items()
    for name, bar in zip(("report", "hold"), bars, strict=True)
}
SCORES |= {"report-risk-attack": "0,3", "hold-risk-attack": "", "report-risk-personal_data": ""}


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return factories.signed_in(app, Role.LEAD)


def seen(client: FlaskClient, action: str) -> str:
    """What a form on the page carries, to know whether it is still the same."""
    form = next(form for form in pages.page(client, HERE).forms if form["action"] == action)
    return form["seen"]


def send(client: FlaskClient, path: str, **data: str) -> TestResponse:
    given = {"csrf_token": pages.token(client, HERE), "seen": seen(client, path), **data}
    return client.post(path, data=given)


def switch(client: FlaskClient, phase: str, mode: str, **data: str) -> TestResponse:
    return send(client, f"{HERE}/{phase}/mode", mode=mode, **data)


def chosen(app: Flask) -> Screening:
    with app.app_context():
        return Screening.from_stored(factories.site().settings.screening)


def told(client: FlaskClient) -> str:
    return " ".join(pages.page(client, HERE).text.split())


def test_every_check_is_there_in_its_order(lead: FlaskClient) -> None:
    text = pages.page(lead, HERE).text
    assert re.findall(r'<li class="panel stack--tight" id="([\w-]+)"', text) == list(PHASES)
    assert about.DOES.keys() == PHASES.keys()
    assert text.count('value="live"\n                aria-pressed="true"') == len(PHASES) - 1
    assert "/rules/words" in pages.page(lead, HERE).links


def test_a_check_is_switched_and_the_site_screens_so_at_once(app: Flask, lead: FlaskClient) -> None:
    with app.app_context():
        site = factories.site()
        before, version = kit.of(site), site.screening_version
    assert switch(lead, "noise", "off").status_code == 303
    assert "“Capitals, noise and hidden characters” is off now: it looks at nothing." in told(lead)
    with app.app_context():
        site = factories.site()
        assert site.screening_version > version
        assert kit.of(site) is not before
        assert db.session.scalars(select(Event.kind)).all()[-1] == "screening-chosen"
        now = Screening.from_stored(site.settings.screening)
        assert screen.one("noise", Subject("SHOUTING " * 9), kit.of(site), now) == []


def test_what_one_process_saves_counts_in_the_other(app: Flask, lead: FlaskClient) -> None:
    other = make_app(Path(app.instance_path), app.config["DATABASE_URL"])

    def says() -> list[Verdict]:
        with other.app_context():
            site = factories.site()
            now = Screening.from_stored(site.settings.screening)
            return screen.one("noise", Subject("SHOUTING " * 9), kit.of(site), now)

    assert says()
    switch(lead, "noise", "off")
    assert says() == []
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_same_again_changes_nothing(app: Flask, lead: FlaskClient) -> None:
    assert switch(lead, "noise", "live").status_code == 303
    with app.app_context():
        assert "screening-chosen" not in set(db.session.scalars(select(Event.kind)))


def test_two_leads_switch_different_checks_at_once(app: Flask, lead: FlaskClient) -> None:
    other = factories.signed_in(app, Role.LEAD)
    form = {"csrf_token": pages.token(lead, HERE), "seen": "live", "mode": "shadow"}
    assert switch(other, "links", "off").status_code == 303
    assert lead.post(f"{HERE}/risk/mode", data=form).status_code == 303
    assert chosen(app).modes == {"links": PhaseMode.OFF, "risk": PhaseMode.SHADOW}


def test_two_leads_switch_the_same_check_otherwise(app: Flask, lead: FlaskClient) -> None:
    other = factories.signed_in(app, Role.LEAD)
    form = {"csrf_token": pages.token(lead, HERE), "seen": "live"}
    assert switch(other, "risk", "off").status_code == 303
    answer = lead.post(f"{HERE}/risk/mode", data={**form, "mode": "shadow"})
    assert answer.status_code == 409
    assert "Somebody changed “Risk model” meanwhile." in pages.read(answer).text
    assert chosen(app).mode("risk") is PhaseMode.OFF
    # both meant the same
    assert lead.post(f"{HERE}/risk/mode", data={**form, "mode": "off"}).status_code == 303


@pytest.mark.parametrize(
    "wrong", [{"mode": ""}, {"mode": "loud"}, {"seen": "loud"}, {"csrf_token": "forged"}]
)
def test_a_switch_that_cannot_be(app: Flask, lead: FlaskClient, wrong: dict[str, str]) -> None:
    answer = send(lead, f"{HERE}/risk/mode", **{"mode": "off", **wrong})
    assert answer.status_code == 422
    assert "Please look at this again" in pages.read(answer).text
    assert chosen(app) == Screening()


def test_a_check_there_is_not(lead: FlaskClient) -> None:
    form = {"csrf_token": pages.token(lead, HERE), "mode": "off", "seen": "live"}
    for path in ("mode", "scores"):
        assert lead.post(f"{HERE}/telepathy/{path}", data=form).status_code == 404


def test_scores_are_set_and_go_back_to_the_shipped_ones(app: Flask, lead: FlaskClient) -> None:
    path = f"{HERE}/risk/scores"
    assert send(lead, path, **SCORES).status_code == 303
    text = told(lead)
    assert "“Risk model” is saved. An attack reports from 0.3 and never holds." in text
    assert "set by hand" in text
    # what is as shipped is not set by hand, and follows the next version
    assert chosen(app).bars == {"risk:attack": Bars(0.3, None)}
    with app.app_context():
        site = factories.site()
        now = Screening.from_stored(site.settings.screening)
        verdicts = screen.one("risk", Subject("You are a filthy idiot!"), kit.of(site), now)
        attack = next(verdict for verdict in verdicts if verdict.checker == "risk:attack")
        assert (attack.report_at, attack.hold_at) == (0.3, None)
        assert attack.would is not Would.HOLD
    assert send(lead, path, **{**SCORES, "report-risk-attack": "no", "shipped": "1"}).location
    assert chosen(app) == Screening()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("report-risk-attack", "a lot", "A score is a number above 0, and at most 1"),
        ("report-risk-attack", "nan", "A score is a number above 0, and at most 1"),
        ("report-risk-attack", "-1", "A score is a number above 0, and at most 1"),
        ("report-risk-attack", "0", "A score is a number above 0, and at most 1"),
        ("hold-risk-spam", "1.01", "A score is a number above 0, and at most 1"),
        ("hold-risk-spam", "0.4", "What is held is reported too"),
        ("report-risk-spam", "", "What is held is reported too"),
    ],
)
def test_scores_that_cannot_be_stay_typed(
    app: Flask, lead: FlaskClient, field: str, typed: str, sentence: str
) -> None:
    answer = send(lead, f"{HERE}/risk/scores", **{**SCORES, field: typed})
    assert answer.status_code == 422
    text = pages.read(answer).text
    assert sentence in text
    assert 'value="0,3"' in text or field == "report-risk-attack"
    assert f'value="{typed}"' in text
    assert chosen(app) == Screening()


def test_two_leads_set_the_same_scores_and_nothing_typed_is_lost(
    app: Flask, lead: FlaskClient
) -> None:
    path = f"{HERE}/risk/scores"
    old = {"csrf_token": pages.token(lead, HERE), "seen": seen(lead, path)}
    other = factories.signed_in(app, Role.LEAD)
    assert send(other, path, **{**SCORES, "hold-risk-hate": "0.95"}).status_code == 303
    answer = lead.post(path, data={**old, **SCORES})
    assert answer.status_code == 409
    text = pages.read(answer).text
    assert "What you typed is still here" in text
    assert 'value="0,3"' in text
    assert chosen(app).bars["risk:hate"].hold_at == 0.95
    form = next(form for form in pages.read(answer).forms if form["action"] == path)
    again = {**old, "seen": form["seen"], **SCORES}
    assert lead.post(path, data=again).status_code == 303
    assert chosen(app).bars == {"risk:attack": Bars(0.3, None)}


def test_it_says_how_much_each_named_lately(
    app: Flask, lead: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        for _ in range(3):
            said(factories.comment(), "risk:attack")
        db.session.commit()
    assert "It named a clause 3 times in the last 7 days." in told(lead)
    monkeypatch.setattr(queries, "COUNTED", 2)
    assert "It named a clause more than 2 times in the last 7 days." in told(lead)
    assert "2 or more in 7 days." in told(lead)


def test_authors_are_asked_or_not_and_the_language_is_said(app: Flask, lead: FlaskClient) -> None:
    switch(lead, "noise", "off")
    assert send(lead, HERE, language="de").status_code == 303
    assert "Authors are not asked before posting, and the site’s language is German." in told(lead)
    now = chosen(app)
    assert (now.nudge, now.language, now.mode("noise")) == (False, "de", PhaseMode.OFF)
    answer = send(lead, HERE, language="tlh", nudge="y")
    assert answer.status_code == 422
    stale = send(lead, HERE, language="fr", nudge="y", seen="True en")
    assert stale.status_code == 409
    assert chosen(app) == now


def test_the_limit_says_what_it_raised_and_a_score_by_hand_comes_first(
    app: Flask, lead: FlaskClient
) -> None:
    with app.app_context():
        factories.site().stored_settings = {"screening": {"hold_share": 1.0}}
        db.session.commit()
    assert send(lead, f"{HERE}/risk/scores", **SCORES).status_code == 303
    now = chosen(app)
    assert (now.hold_share, now.bars) == (1.0, {"risk:attack": Bars(0.3, None)})


def test_a_checker_without_an_address_is_not_taken_for_one_that_looks(lead: FlaskClient) -> None:
    lacks = "It has no address, so nobody is asked."
    assert lacks not in pages.page(lead, HERE).text
    switch(lead, "remote", "live")
    assert lacks in pages.page(lead, HERE).text


@pytest.mark.parametrize("role", [Role.COMMENTER, Role.MODERATOR, Role.LAWYER])
def test_only_leads(app: Flask, role: Role) -> None:
    client = factories.signed_in(app, role)
    assert client.get(HERE).status_code == 403
    assert client.post(f"{HERE}/risk/mode").status_code == 403
