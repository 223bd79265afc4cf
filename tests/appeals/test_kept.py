"""An appeal that cannot be taken now is shown again, so that its words can be taken along."""

from flask import Flask

from moderation.comments.status import Action
from tests import pages
from tests.appeals.test_views import browser, send, tell

TEXT = "I only praised the bread."


def test_signed_out_meanwhile(app: Flask) -> None:
    story = tell(app, Action.HIDE)
    answer = app.test_client().post(f"/decisions/{story.decision_id}/appeal", data={"text": TEXT})
    assert answer.status_code == 403
    page = pages.read(answer)
    assert TEXT in page.text
    assert "You have been signed out" in page.text
    assert f"/sign-in?next=/decisions/{story.decision_id}/appeal" in page.links


def test_appealed_in_another_window(app: Flask) -> None:
    story = tell(app, Action.HIDE)
    client, url = browser(app, story.author), f"/decisions/{story.decision_id}/appeal"
    send(client, url, text="First.")
    answer = send(client, url, text=TEXT)
    assert answer.status_code == 409
    page = pages.read(answer)
    assert TEXT in page.text
    assert "You have appealed against this decision already." in page.text


def test_cancel_leads_back_to_where_the_decision_stands(app: Flask) -> None:
    story = tell(app, Action.HIDE)
    page = pages.page(browser(app, story.author), f"/decisions/{story.decision_id}/appeal")
    assert '<a class="button" href="/me/comments">cancel</a>' in page.text
    story = tell(app, Action.APPROVE)
    page = pages.page(browser(app, story.reporter), f"/decisions/{story.decision_id}/appeal")
    assert '<a class="button" href="/me/reports">cancel</a>' in page.text
    url = f"/decisions/{story.decision_id}/appeal?token={story.token}"
    page = pages.page(app.test_client(), url)
    assert f'<a class="button" href="/reports/{story.token}">cancel</a>' in page.text
