"""It breaks the policy: for people who are signed in."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.cases.models import Track
from moderation.comments.status import Action
from moderation.database import db
from tests import factories, pages
from tests.reports.doors import WORDS, decide, reports, send


def test_both_doors_stand_open_to_everybody(client: FlaskClient, comment_id: int) -> None:
    page = pages.page(client, f"/comments/{comment_id}/report")
    for words in (
        "Submit a report",
        "Please help us understand how this comment violates our community guidelines.",
        "It breaks the policy",
        "It is illegal",
        WORDS,
    ):
        assert words in page.text
    assert f"/comments/{comment_id}/report-illegal" in page.links
    assert f"/sign-in?next=/comments/{comment_id}/report" in page.links
    assert all("report" not in form["action"] for form in page.forms)


def test_a_report_under_the_policy(app: Flask, comment_id: int) -> None:
    client = factories.signed_in(app)
    sent = send(client, comment_id, clause="abuse", explanation="A name\r\nis called.")
    assert sent.status_code == 303
    thanks = pages.page(client, sent.headers["Location"])
    assert "Thank you for the feedback" in thanks.text
    assert "Your feedback has been sent to our team for review." in thanks.text
    (report,) = reports(app)
    assert (report.track, report.explanation) == (Track.POLICY, "A name\nis called.")
    mine = pages.page(client, "/me/reports")
    assert "Personal abuse" in mine.text
    assert WORDS in mine.text
    assert report.reference in mine.text


def test_a_second_report_is_told_so(app: Flask, comment_id: int) -> None:
    client = factories.signed_in(app)
    send(client, comment_id, clause="abuse")
    again = send(client, comment_id, clause="spam")
    assert again.status_code == 409
    assert "You have reported this comment already." in pages.read(again).text
    assert len(reports(app)) == 1


def test_to_disagree_is_no_report(app: Flask, comment_id: int) -> None:
    client = factories.signed_in(app)
    sent = send(client, comment_id, clause="disagree", explanation="Turnips are fine.")
    assert sent.status_code == 303
    assert "nothing was stored" in pages.page(client, sent.headers["Location"]).text
    assert reports(app) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"clause": "no-such"}, "Choose one of the reasons listed here."),
        ({"clause": ""}, "Choose one of the reasons listed here."),
        ({"explanation": "x" * 1001}, "Use 1,000 characters or fewer."),
        ({"csrf_token": "wrong"}, "open for too long"),
    ],
)
def test_a_bad_report_comes_back_with_what_was_typed(
    app: Flask, comment_id: int, wrong: dict[str, str], sentence: str
) -> None:
    client = factories.signed_in(app)
    answer = send(client, comment_id, **{"clause": "spam", "explanation": "kept words", **wrong})
    assert answer.status_code == 422
    page = pages.read(answer)
    assert sentence in page.text
    assert wrong.get("explanation", "kept words") in page.text


def test_somebody_signed_out_meanwhile_keeps_what_they_wrote(
    client: FlaskClient, comment_id: int
) -> None:
    data = {"clause": "abuse", "explanation": "Long and careful words."}
    answer = client.post(f"/comments/{comment_id}/report", data=data)
    assert answer.status_code == 403
    page = pages.read(answer)
    assert "Long and careful words." in page.text
    assert "sign in" in page.text


def test_whoever_has_not_confirmed_their_address_waits(app: Flask, comment_id: int) -> None:
    with app.app_context():
        email = factories.person(confirmed_at=None).email
        db.session.commit()
    client = app.test_client()
    factories.sign_in(client, email)
    assert "Confirm your e-mail" in pages.page(client, f"/comments/{comment_id}/report").text
    assert send(client, comment_id, clause="abuse").status_code == 403
    assert reports(app) == []


def test_an_answer_given_before_is_shown_at_once(app: Flask, comment_id: int) -> None:
    send(factories.signed_in(app), comment_id, clause="abuse")
    decision = decide(app, comment_id, Action.APPROVE)
    client = factories.signed_in(app)
    sent = send(client, comment_id, clause="abuse")
    thanks = pages.page(client, sent.headers["Location"])
    assert "Answered already" in thanks.text
    assert f"/decisions/{decision}/appeal" in thanks.links


def test_ones_own_comment_is_not_reported(app: Flask) -> None:
    with app.app_context():
        author = factories.person()
        comment_id, email = factories.comment(by=author).id, author.email
        db.session.commit()
    client = app.test_client()
    factories.sign_in(client, email)
    url = f"/comments/{comment_id}/report"
    assert "This is your own comment." in pages.page(client, url).text
    assert send(client, comment_id, clause="abuse").status_code == 400


def test_too_many_reports_are_refused_with_the_text_kept(
    app: Flask, comment_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.reports.service.REPORTS_BY_ACCOUNT", "0/hour")
    answer = send(factories.signed_in(app), comment_id, clause="abuse", explanation="kept")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "kept" in pages.read(answer).text


def test_the_sites_own_words(app: Flask, comment_id: int) -> None:
    with app.app_context():
        words = {"report_heading": "Tell us", "report_thanks_heading": "Cheers"}
        factories.site().stored_settings = {"words": words}
        db.session.commit()
    client = factories.signed_in(app)
    assert "Tell us" in pages.page(client, f"/comments/{comment_id}/report").title
    sent = send(client, comment_id, clause="abuse")
    assert "Cheers" in pages.page(client, sent.headers["Location"]).text
