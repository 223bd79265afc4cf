"""The two doors, as a browser sees them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from moderation import clock, signing
from moderation.articles.models import Article, Mode
from moderation.cases.models import Report, Track
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db, saved
from moderation.sites.models import Site
from tests import factories, pages

WORDS = "Councillor Quibble is a turnip."
NOTICE = {
    "law": "defamation",
    "explanation": "He is no turnip.",
    "name": "Marta Quill",
    "email": "marta@example.org",
    "good_faith": "y",
}


@pytest.fixture
def comment_id(app: Flask) -> int:
    with app.app_context():
        id_ = factories.comment(WORDS).id
        db.session.commit()
    return id_


def decide(app: Flask, comment_id: int, action: Action) -> int:
    with app.app_context():
        decision = factories.decision(db.session.get_one(Comment, comment_id), action)
        db.session.commit()
        return decision.id


def reports(app: Flask) -> list[Report]:
    with app.app_context():
        return list(db.session.scalars(select(Report).order_by(Report.id)))


def send(client: FlaskClient, comment_id: int, **data: str) -> TestResponse:
    url = f"/comments/{comment_id}/report"
    return client.post(url, data={"csrf_token": pages.token(client, url), **data})


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
        ({"csrf_token": "wrong"}, "open too long"),
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


def test_words_that_are_off_the_page_are_not_shown(app: Flask, comment_id: int) -> None:
    client = factories.signed_in(app)
    send(client, comment_id, clause="abuse")
    decide(app, comment_id, Action.HIDE)
    for url in (f"/comments/{comment_id}/report", f"/comments/{comment_id}/report-illegal"):
        page = pages.page(client, url)
        assert WORDS not in page.text
        assert "not on the page at the moment" in page.text
    mine = pages.page(client, "/me/reports")
    assert WORDS not in mine.text
    assert "We agree with you." in mine.text
    stranger = app.test_client()
    sent = stranger.post(f"/comments/{comment_id}/report-illegal", data=NOTICE)
    assert sent.status_code == 303


def test_the_words_under_a_hidden_article_are_not_shown(app: Flask, comment_id: int) -> None:
    with app.app_context():
        article = db.session.scalars(select(Article)).one()
        article.mode = Mode.HIDDEN
        db.session.commit()
    page = pages.page(app.test_client(), f"/comments/{comment_id}/report")
    assert WORDS not in page.text


@pytest.mark.parametrize("door", ["report", "report-illegal", "report/disagree"])
@pytest.mark.parametrize("id_", ["1", "9" * 18, "9" * 40])
def test_a_comment_nobody_wrote(client: FlaskClient, door: str, id_: str) -> None:
    assert client.get(f"/comments/{id_}/{door}").status_code == 404
    assert client.post(f"/comments/{id_}/{door}", data=NOTICE).status_code in {404, 405}


def test_a_comment_of_another_site(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        comment = factories.comment()
        other = saved(Site(slug="other", name="Other", url="http://o", host="o.test"))
        article = db.session.get_one(Article, comment.article_id)
        article.site_id, comment_id = other.id, comment.id
        db.session.commit()
    assert client.get(f"/comments/{comment_id}/report").status_code == 404


def test_my_reports_are_mine_and_come_in_pages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.reports.queries.PAGE", 2)
    with app.app_context():
        reader, article = factories.person(), factories.article()
        for number in range(3):
            factories.report(factories.comment(f"Words {number}.", on=article), by=reader)
        factories.report(factories.comment("Somebody else's.", on=article))
        email = reader.email
        db.session.commit()
    client = app.test_client()
    factories.sign_in(client, email)
    first = pages.page(client, "/me/reports")
    assert [f"Words {n}." in first.text for n in range(3)] == [False, True, True]
    (older,) = (link for link in first.links if "before=" in link)
    second = pages.page(client, older)
    assert [f"Words {n}." in second.text for n in range(3)] == [True, False, False]
    assert "Somebody else" not in first.text + second.text
    for nonsense in ("x", "-1", "9" * 30):
        assert "Words 2." in pages.page(client, f"/me/reports?before={nonsense}").text


def test_nobody_reads_a_report_with_a_link_for_something_else(
    app: Flask, client: FlaskClient, comment_id: int
) -> None:
    with app.app_context():
        id_ = factories.notice(db.session.get_one(Comment, comment_id)).id
        db.session.commit()
        good, other = signing.signed("report", id_), signing.signed("confirm", id_)
    assert client.get(f"/reports/{good}").status_code == 200
    for token in (other, good[:-1], good + "x", str(id_), "x", "%00", "é"):
        assert client.get(f"/reports/{token}").status_code == 404
    assert client.get(f"/reports/confirm/{good}").status_code == 404
    assert client.get("/reports/received/ABCD-ABCD-ABCD").status_code == 404


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


def test_the_sites_own_words(app: Flask, comment_id: int) -> None:
    with app.app_context():
        words = {"report_heading": "Tell us", "report_thanks_heading": "Cheers"}
        factories.site().stored_settings = {"words": words}
        db.session.commit()
    client = factories.signed_in(app)
    assert "Tell us" in pages.page(client, f"/comments/{comment_id}/report").title
    sent = send(client, comment_id, clause="abuse")
    assert "Cheers" in pages.page(client, sent.headers["Location"]).text


def test_reading_stores_nothing(app: Flask, client: FlaskClient, comment_id: int) -> None:
    client.get(f"/comments/{comment_id}/report")
    client.get(f"/comments/{comment_id}/report-illegal")
    with app.app_context():
        assert db.session.scalar(select(func.count(Report.id))) == 0
