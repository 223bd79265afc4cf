"""What somebody typed into a door is never lost; what the doors say is true for every reader."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.database import db
from tests import factories, pages
from tests.reports.doors import NOTICE, send


def test_a_second_report_keeps_what_was_typed(app: Flask, comment_id: int) -> None:
    client = factories.signed_in(app)
    send(client, comment_id, clause="abuse")
    again = send(client, comment_id, clause="spam", explanation="I saw it twice.")
    assert again.status_code == 409
    page = pages.read(again)
    assert page.title.startswith("Submit a report")
    assert "You have reported this comment already." in page.text
    assert "I saw it twice." in page.text


def test_who_gave_no_address_is_not_promised_a_letter(client: FlaskClient, comment_id: int) -> None:
    data = {**NOTICE, "law": "danger-to-life", "name": "", "email": ""}
    sent = client.post(f"/comments/{comment_id}/report-illegal", data=data)
    receipt = pages.page(client, sent.headers["Location"])
    (mine,) = (link for link in receipt.links if re.fullmatch(r"/reports/[^/]+\.[^/]+", link))
    text = pages.page(client, mine).text
    assert "Our decision will stand here." in text
    assert "hear from us" not in text


@pytest.mark.parametrize("door", ["report", "report-illegal"])
def test_quoted_words_run_in_their_own_direction(
    app: Flask, client: FlaskClient, door: str
) -> None:
    with app.app_context():
        id_ = factories.comment("الخبز ممتاز at 9:00.").id
        db.session.commit()
    text = pages.page(client, f"/comments/{id_}/{door}").text
    assert '<blockquote class="words" dir="auto">' in text


def test_no_field_cuts_what_is_pasted(app: Flask, comment_id: int) -> None:
    """A browser cuts silently at `maxlength`; our own answer is a sentence."""
    client = factories.signed_in(app)
    for path in (f"/comments/{comment_id}/report", f"/comments/{comment_id}/report-illegal", "/me"):
        assert "maxlength" not in pages.page(client, path).text
    for path in ("/sign-up", "/sign-in", f"/comments/{comment_id}/report-illegal"):
        assert "maxlength" not in pages.page(app.test_client(), path).text
