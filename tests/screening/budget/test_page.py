"""The page for leads: limits typed, numbers in words."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.comments.status import Action
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.budget import sampling, service
from moderation.screening.settings import HeatLine, Screening
from tests import factories, pages
from tests.screening.budget.rows import said
from tests.screening.budget.test_thresholds import weeks

HERE = "/rules/budget"
TYPED = {
    "hold_share": "2,5 %",
    "sampled": "1.5",
    "is_on": "y",
    "comments": "40",
    "reports": "10",
    "at_risk": "7",
    "step": "premoderated",
    "seconds_between": "60",
    "minutes": "30",
}


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return factories.signed_in(app, Role.LEAD)


def send(client: FlaskClient, **more: str) -> tuple[int, str]:
    shown = next(form for form in pages.page(client, HERE).forms if "seen" in form)
    form = {"csrf_token": shown["csrf_token"], "seen": shown["seen"], **TYPED, **more}
    answer = client.post(HERE, data=form)
    return answer.status_code, answer.text


def test_two_leads_do_not_overwrite_each_other_unseen(app: Flask, lead: FlaskClient) -> None:
    stale = next(form for form in pages.page(lead, HERE).forms if "seen" in form)["seen"]
    assert send(lead, sampled="2")[0] == 303
    code, text = send(lead, sampled="4.25", seen=stale)
    assert code == 409
    assert "Somebody changed the limits meanwhile." in text
    # what was typed is kept, and can be saved now
    assert "4.25" in text
    assert chosen(app).sampled == 2
    assert send(lead, sampled="4.25")[0] == 303


def chosen(app: Flask) -> Screening:
    with app.app_context():
        return Screening.from_stored(factories.site().settings.screening)


def test_a_lead_sets_the_limits(app: Flask, lead: FlaskClient) -> None:
    with app.app_context():
        factories.site().stored_settings = {"screening": {"modes": {"noise": "shadow"}}}
        db.session.commit()
    assert send(lead)[0] == 303
    found = chosen(app)
    assert (found.hold_share, found.sampled) == (2.5, 1.5)
    assert found.heat == HeatLine(
        is_on=True,
        comments=40,
        reports=10,
        at_risk=7,
        step="premoderated",
        seconds_between=60,
        minutes=30,
    )
    assert found.modes.keys() == {"noise"}
    page = pages.page(lead, HERE)
    assert 'value="2.5"' in page.text
    assert "fewer than 200 comments were screened" in page.text
    assert send(lead, hold_share="")[0] == 303
    assert chosen(app).hold_share is None


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("hold_share", "a few", "Write a number, such as 5 or 2.5."),
        ("hold_share", "nan", "Write a number, such as 5 or 2.5."),
        ("hold_share", "1e999", "Write a number, such as 5 or 2.5."),
        ("hold_share", "101", "between 0 and 100 percent"),
        ("sampled", "6", "Sample between 0 and 5 percent"),
        ("sampled", "", "Write how much is sampled"),
        ("comments", "many", "Write a whole number."),
        ("comments", "0", "is between 1 and 1,000"),
        ("minutes", "", "Write a number for"),
        ("seconds_between", "²", "Write a whole number."),
        ("step", "hidden", "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_stays_typed(
    app: Flask, lead: FlaskClient, field: str, typed: str, sentence: str
) -> None:
    status, text = send(lead, **{field: typed})
    assert status == 422
    assert sentence in text
    if field != "step":
        assert f'value="{typed}"' in text
    assert chosen(app) == Screening()


def test_only_leads(app: Flask) -> None:
    for role in (Role.COMMENTER, Role.MODERATOR, Role.LAWYER):
        assert factories.signed_in(app, role).get(HERE).status_code == 403


def test_the_numbers_in_words(
    app: Flask, lead: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "is_drawn", lambda _id, _percent: True)
    monkeypatch.setattr(service, "ENOUGH", 100)
    page = pages.page(lead, HERE)
    assert "so nobody knows" in page.text
    assert "There is no limit" in page.text
    with app.app_context():
        weeks(100)
        for action in (Action.HIDE, Action.APPROVE):
            comment = factories.comment()
            said(comment, "rule:shouting", "3")
            sampling.consider(comment, site=factories.site(), is_flagged=False)
            factories.decision(comment, action)
        db.session.commit()
    assert send(lead, hold_share="0.5")[0] == 303
    page = pages.page(lead, HERE)
    assert "that no check had named, drawn by chance" in page.text
    assert "50.0 %" in page.text
    assert "Rule “shouting”" in page.text
    assert "version 3" in page.text
    assert "Word list: threats" in page.text
    assert "Word lists and rules alone hold more than that" in page.text
