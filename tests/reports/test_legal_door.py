"""It is illegal: no account needed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock, signing
from moderation.cases.models import Track
from moderation.comments.status import Action
from tests import factories, pages
from tests.reports.doors import NOTICE, WORDS, decide, reports


def test_a_notice_needs_no_account(app: Flask, client: FlaskClient, comment_id: int) -> None:
    url = f"/comments/{comment_id}/report-illegal"
    assert WORDS in pages.page(client, url).text
    sent = client.post(url, data=NOTICE)
    assert sent.status_code == 303
    (notice,) = reports(app)
    assert (notice.track, notice.law, notice.name) == (Track.ILLEGAL, "defamation", "Marta Quill")
    assert (notice.explanation, notice.email) == ("He is no turnip.", "marta@example.org")
    assert notice.good_faith
    assert notice.reference in pages.page(client, sent.headers["Location"]).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"law": ""}, "Say which law, as well as you can."),
        ({"law": "x" * 201}, "Name the law in 200 characters or fewer."),
        ({"explanation": " \n"}, "Explain why it is illegal."),
        ({"explanation": "x" * 5001}, "Use 5,000 characters or fewer."),
        ({"name": ""}, "Give your name: the law asks for it."),
        ({"name": "x" * 121}, "Use 120 characters or fewer for the name."),
        ({"email": ""}, "Give your e-mail address: our decision goes there."),
        ({"email": "marta at home"}, "We cannot write to this e-mail address."),
        ({"law": "child-abuse", "email": "nonsense"}, "We cannot write to this e-mail address."),
        ({"good_faith": ""}, "Tick this to confirm good faith."),
    ],
)
def test_a_bad_notice_comes_back_with_what_was_typed(
    app: Flask, client: FlaskClient, comment_id: int, wrong: dict[str, str], sentence: str
) -> None:
    answer = client.post(f"/comments/{comment_id}/report-illegal", data={**NOTICE, **wrong})
    assert answer.status_code == 422
    page = pages.read(answer)
    assert sentence in page.text
    for text in {**NOTICE, "good_faith": "", **wrong}.values():
        assert text.strip() in page.text
    assert reports(app) == []


@pytest.mark.parametrize("law", ["child-abuse", "danger-to-life"])
def test_danger_is_taken_without_a_name(
    app: Flask, client: FlaskClient, comment_id: int, law: str
) -> None:
    url = f"/comments/{comment_id}/report-illegal"
    data = {"law": law, "explanation": "Look at it, now.", "good_faith": "y"}
    sent = client.post(url, data=data)
    assert sent.status_code == 303
    (notice,) = reports(app)
    assert (notice.danger, notice.email, notice.name) == (True, None, "")
    receipt = pages.page(client, sent.headers["Location"])
    (link,) = (link for link in receipt.links if link.startswith("/reports/"))
    assert notice.reference in pages.page(client, link).text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"law": "§ 185 StGB"}, "§ 185 StGB"),
        ({"law": "other", "other_law": "The Turnip Act"}, "The Turnip Act"),
        ({"law": "other"}, "other"),
    ],
)
def test_any_law_is_stored_as_it_was_written(
    app: Flask, client: FlaskClient, comment_id: int, given: dict[str, str], kept: str
) -> None:
    client.post(f"/comments/{comment_id}/report-illegal", data={**NOTICE, **given})
    (notice,) = reports(app)
    assert (notice.law, notice.danger) == (kept, False)


def test_signed_in_the_account_says_who_sends(app: Flask, comment_id: int) -> None:
    client = factories.signed_in(app)
    url = f"/comments/{comment_id}/report-illegal"
    data = {**NOTICE, "csrf_token": pages.token(client, url)}
    assert client.post(url, data=data).status_code == 303
    (notice,) = reports(app)
    assert notice.reporter_id is not None
    assert notice.email is None


def test_the_receipt_is_the_same_for_a_repeated_notice(
    app: Flask, client: FlaskClient, comment_id: int
) -> None:
    """The author may type anybody's address: the answer must not say who reported them."""
    url = f"/comments/{comment_id}/report-illegal"
    client.post(url, data=NOTICE)
    decide(app, comment_id, Action.APPROVE)
    (earlier,) = reports(app)
    by_author = app.test_client()
    known = by_author.post(url, data=NOTICE)
    unknown = by_author.post(url, data={**NOTICE, "email": "nobody@example.org"})
    receipts = []
    for sent in (known, unknown):
        reference = sent.headers["Location"].rpartition("/")[2]
        receipts.append(pages.page(by_author, sent.headers["Location"]).text.replace(reference, ""))
    assert receipts[0] == receipts[1]
    assert str(earlier.id) not in receipts[0]


def test_confirming_takes_a_button(app: Flask, client: FlaskClient, comment_id: int) -> None:
    client.post(f"/comments/{comment_id}/report-illegal", data=NOTICE)
    (notice,) = reports(app)
    with app.app_context():
        url = f"/reports/confirm/{signing.signed('confirm', notice.id)}"
    page = pages.page(client, url)
    assert notice.reference in page.text
    assert reports(app)[0].email_confirmed_at is None
    sent = client.post(url)
    assert sent.status_code == 303
    assert "Your address is confirmed." in pages.page(client, sent.headers["Location"]).text
    confirmed = reports(app)[0].email_confirmed_at
    assert confirmed is not None
    assert confirmed <= clock.now()
    assert "Nothing is left to do." in pages.page(client, url).text
    assert client.post(url).status_code == 303
