"""The worst that others type, at both doors: never a 500, nothing cut, nothing executed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from moderation.cases.models import Report
from moderation.database import db
from moderation.forms import one_line, tidy
from tests import factories, pages


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.people.throttle.hit", lambda *_args: None)


@pytest.fixture
def comment_id(app: Flask) -> int:
    with app.app_context():
        id_ = factories.comment().id
        db.session.commit()
    return id_


def taken(client: FlaskClient, url: str, data: dict[str, str]) -> bool:
    """Whether a report was taken; a page that refuses it is a page, with everything typed."""
    answer = client.post(url, data=data)
    assert answer.status_code in {303, 422}, data
    if answer.status_code == 422:
        pages.read(answer)
    return answer.status_code == 303


def newest(app: Flask) -> Report:
    with app.app_context():
        return db.session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()


def test_a_notice_made_of_it(
    app: Flask, client: FlaskClient, comment_id: int, strings: list[str]
) -> None:
    url = f"/comments/{comment_id}/report-illegal"
    taken_ones = 0
    for number, text in enumerate(strings):
        data = dict.fromkeys(("law", "other_law", "explanation", "name"), text)
        sender = {"email": f"m{number}@example.org", "good_faith": "y"}
        if taken(client, url, {**data, **sender}):
            stored = newest(app)
            kept = (stored.law, stored.explanation, stored.name)
            assert kept == (one_line(text), tidy(text), one_line(text))
            taken_ones += 1
    assert taken_ones > len(strings) * 0.7


@pytest.mark.parametrize("field", ["email", "good_faith", "other_law"])
def test_a_notice_with_it(
    client: FlaskClient, comment_id: int, strings: list[str], field: str
) -> None:
    url = f"/comments/{comment_id}/report-illegal"
    fine = {"law": "other", "explanation": "It is.", "name": "M", "good_faith": "y"}
    for number, text in enumerate(strings[::5]):
        taken(client, url, {**fine, "email": f"m{number}@example.org", field: text})


@pytest.mark.parametrize("field", ["clause", "explanation", "csrf_token"])
def test_a_report(app: Flask, comment_id: int, strings: list[str], field: str) -> None:
    client = factories.signed_in(app)
    token = pages.token(client, "/me/reports")
    for text in strings[:: 2 if field == "explanation" else 5]:
        data = {"csrf_token": token, "clause": "spam", "explanation": "", field: text}
        if taken(client, f"/comments/{comment_id}/report", data):
            assert newest(app).explanation == tidy(data["explanation"])
            with app.app_context():
                db.session.execute(delete(Report))
                db.session.commit()


def test_what_is_shown_again_is_text(app: Flask, client: FlaskClient, comment_id: int) -> None:
    url = f"/comments/{comment_id}/report-illegal"
    attack = '"><img src=x onerror=alert(1)></textarea><script>alert(2)</script>'
    answer = client.post(url, data=dict.fromkeys(("law", "explanation", "name", "email"), attack))
    assert answer.status_code == 422
    page = pages.read(answer)
    for tag in ("<img src=x", "<script>alert"):
        assert tag not in page.text


def test_in_addresses(client: FlaskClient, strings: list[str]) -> None:
    for text in strings[::2]:
        clean = text.replace("?", "").replace("#", "")
        for path in ("/reports/", "/reports/received/", "/reports/confirm/"):
            assert client.get(path + clean).status_code < 500
        assert client.get("/decisions/1/appeal", query_string={"token": text}).status_code < 500
