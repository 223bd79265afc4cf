"""The worst that others type, at both doors: never a 500, nothing cut, nothing executed."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.cases.models import Report
from moderation.database import db
from moderation.forms import one_line, tidy
from tests import factories, pages

EVERY = 25  # of the six thousand payloads one in so many


@pytest.fixture(scope="session")
def strings(data_folder: Path) -> list[str]:
    folder = data_folder / "hostile_input"
    naughty = json.loads((folder / "blns.json").read_text("utf-8"))
    payloads = (folder / "xss-payload-list.txt").read_text("utf-8", "replace").splitlines()
    more = ["\0", "a\0b", "\N{RIGHT-TO-LEFT OVERRIDE}gnp", "x" * 20_000, "9" * 400]
    return [*naughty, *payloads[::EVERY], *more]


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


@pytest.mark.parametrize(
    "field", ["law", "other_law", "explanation", "name", "email", "good_faith"]
)
def test_a_notice(
    app: Flask, client: FlaskClient, comment_id: int, strings: list[str], field: str
) -> None:
    url = f"/comments/{comment_id}/report-illegal"
    fine = {"law": "other", "explanation": "It is.", "name": "M", "good_faith": "y"}
    for number, text in enumerate(strings):
        data = {**fine, "email": f"m{number}@example.org", field: text}
        if not taken(client, url, data):
            continue
        stored = newest(app)
        if field == "explanation":
            assert stored.explanation == tidy(text)
        elif field == "name":
            assert stored.name == one_line(text)
        elif field == "law":
            assert stored.law == one_line(text)


@pytest.mark.parametrize("field", ["clause", "explanation", "csrf_token"])
def test_a_report(app: Flask, strings: list[str], field: str) -> None:
    client = factories.signed_in(app)
    with app.app_context():
        article = factories.article()
        ids = [factories.comment(on=article).id for _ in strings]
        db.session.commit()
    token = pages.token(client, "/me/reports")
    for id_, text in zip(ids, strings, strict=True):
        data = {"csrf_token": token, "clause": "spam", "explanation": "", field: text}
        if taken(client, f"/comments/{id_}/report", data):
            assert newest(app).explanation == tidy(data["explanation"])


def test_what_is_shown_again_is_text(app: Flask, client: FlaskClient, comment_id: int) -> None:
    url = f"/comments/{comment_id}/report-illegal"
    attack = '"><img src=x onerror=alert(1)></textarea><script>alert(2)</script>'
    answer = client.post(url, data=dict.fromkeys(("law", "explanation", "name", "email"), attack))
    assert answer.status_code == 422
    page = pages.read(answer)
    for tag in ("<img src=x", "<script>alert"):
        assert tag not in page.text


def test_in_addresses(client: FlaskClient, strings: list[str]) -> None:
    for text in strings:
        clean = text.replace("?", "").replace("#", "")
        for path in ("/reports/", "/reports/received/", "/reports/confirm/"):
            assert client.get(path + clean).status_code < 500
        assert client.get("/decisions/1/appeal", query_string={"token": text}).status_code < 500
