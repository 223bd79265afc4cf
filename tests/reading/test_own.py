"""What its author sees of a restricted comment in the thread."""

from flask import Flask

from moderation.appeals import service as appeals
from moderation.comments.status import Action
from moderation.database import db
from tests import factories, pages


def test_after_an_appeal_the_thread_says_so_and_offers_none(app: Flask) -> None:
    with app.app_context():
        author, article = factories.person(), factories.article()
        comment = factories.comment(on=article, by=author)
        factories.report(comment)
        decision = factories.decision(comment, Action.HIDE)
        db.session.commit()
        here, link = f"/articles/{article.slug}", f"/decisions/{decision.id}/appeal"
        email = author.email
    client = app.test_client()
    factories.sign_in(client, email)
    assert link in pages.page(client, here).links
    with app.app_context():
        appeals.by_author(db.session.merge(decision), text="Look again.")
        db.session.commit()
    page = pages.page(client, here)
    assert link not in page.links
    assert "You have appealed." in page.text
