"""What senders see later, and what nobody sees."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from moderation import signing
from moderation.articles.models import Article, Mode
from moderation.cases.models import Report
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db, saved
from moderation.sites.models import Site
from tests import factories, pages
from tests.reports.doors import NOTICE, WORDS, decide, send


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


def test_reading_stores_nothing(app: Flask, client: FlaskClient, comment_id: int) -> None:
    client.get(f"/comments/{comment_id}/report")
    client.get(f"/comments/{comment_id}/report-illegal")
    with app.app_context():
        assert db.session.scalar(select(func.count(Report.id))) == 0
