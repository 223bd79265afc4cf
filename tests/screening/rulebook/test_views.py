"""The pages of the rules, as plain forms: refused at the character, tried, dry run, saved."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.comments.status import Action
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.rulebook import dryrun, views
from moderation.screening.rulebook.models import DryRun
from tests import factories, pages
from tests.screening.rulebook import trial

TYPED = {
    "name": "blue-lantern",
    "base": "0",
    "expression": trial.LANTERN,
    "clause": "spam",
    "reaction": "hold",
    "should_flag": "A blue lantern.",
    "should_pass": "A red one.\n\nNone.",
    "tried_as": "regular",
    "days": "30",
}


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return factories.signed_in(app, Role.LEAD)


def send(client: FlaskClient, path: str, *, of: str = "/rules/new", **data: str) -> TestResponse:
    return client.post(path, data={"csrf_token": pages.token(client, of), **data})


def propose(client: FlaskClient, **more: str) -> TestResponse:
    return send(client, "/rules", **{**TYPED, **more})


def work(app: Flask) -> None:
    with app.app_context():
        dryrun.run_waiting(lambda: True)


def saved(app: Flask, lead: FlaskClient, mode: str = "shadow", **more: str) -> str:
    """A rule in force; the address of its dry run."""
    run = propose(lead, **more).location
    work(app)
    assert send(lead, f"{run}/save", mode=mode).status_code == 303
    return run


def said(text: str) -> str:
    return " ".join(text.split())


def test_from_an_idea_to_a_rule_in_force(app: Flask, lead: FlaskClient) -> None:
    with app.app_context():
        for action in (Action.APPROVE, Action.APPROVE, Action.HIDE):
            trial.judged("The blue lantern.", action)
        db.session.commit()
    answer = propose(lead)
    assert (answer.status_code, answer.location.startswith("/rules/dry-runs/")) == (303, True)
    run = answer.location
    assert "It begins in a moment." in pages.page(lead, run).text
    assert send(lead, f"{run}/save", mode="live").status_code == 422
    work(app)
    page = pages.page(lead, run).text
    assert "Would have held 3 of 3 comments of the last 30 days." in page
    assert "People approved 2 of them and hid 1" in page
    assert "People hid these: 1" in page
    assert "All 3 come out as you said." in said(page)
    answer = send(lead, f"{run}/save", mode="shadow")
    assert (answer.status_code, answer.location) == (303, "/rules/blue-lantern")
    page = pages.page(lead, answer.location).text
    assert "Version 1 of “blue-lantern” is in shadow now." in page
    assert "A red one.\n\nNone.</textarea>" in page
    overview = pages.page(lead, "/rules").text
    assert "Holds new comments under" in said(overview)
    assert "It has not said yes to a comment so far." in said(overview)
    assert "Saved as version 1" in said(pages.page(lead, run).text)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "Blue Lantern", "small letters and digits"),
        ("expression", "comment.lenght > 3", "Line 1, character 9: There is no"),
        ("expression", "", "Write what the rule asks"),
        ("clause", "telepathy", "Not a valid choice"),
        ("days", "2", "Not a valid choice"),
        ("should_flag", "x" * 5001, "A comment has at most 5,000 characters."),
        ("should_pass", "x\n\n" * 21, "Try at most 20 texts here; there are 21."),
    ],
)
def test_what_is_refused_says_so_and_stays_typed(
    lead: FlaskClient, field: str, typed: str, sentence: str
) -> None:
    answer = propose(lead, **{field: typed})
    assert answer.status_code == 422
    read = pages.read(answer)
    assert sentence in read.text
    if field not in {"clause", "days"}:
        assert typed.strip() in unescape(read.text)
    assert "A red one." in read.text or field == "should_pass"


def test_the_place_is_marked_in_the_rule(lead: FlaskClient) -> None:
    answer = propose(lead, expression="comment.links > 3 &&\n  <b>'")
    text = pages.read(answer).text
    assert "Line 2, character 6: This text has no end" in text
    assert "&lt;b&gt;<mark>" in text
    assert "\n  <b>" not in text


def test_texts_are_tried_also_before_there_is_a_name(app: Flask, lead: FlaskClient) -> None:
    given = {**TYPED, "name": "", "should_pass": "No blue lantern!"}
    answer = send(lead, "/rules/try", **given)
    assert answer.status_code == 200
    assert "1 of 2 comes out otherwise than you said." in said(pages.read(answer).text)
    piece = lead.post(
        "/rules/try",
        data={"csrf_token": pages.token(lead, "/rules/new"), **given},
        headers={"X-Piece": "true"},
    )
    assert "It should be left alone" in piece.text
    assert "<html" not in piece.text
    assert send(lead, "/rules/try", **{**given, "expression": "comment.links >"}).status_code == 422
    # nothing was kept
    with app.app_context():
        assert db.session.scalar(select(DryRun)) is None


def test_the_mode_is_one_button_and_the_version_on_the_screen_counts(
    app: Flask, lead: FlaskClient
) -> None:
    saved(app, lead)
    path = "/rules/blue-lantern/mode"
    assert send(lead, path, mode="live", version="1").status_code == 303
    assert "The rule “blue-lantern” is live now." in pages.page(lead, "/rules").text
    assert send(lead, path, mode="loud", version="1").status_code == 422
    assert send(lead, path, mode="off", version="").status_code == 422
    run = propose(lead, base="1").location
    work(app)
    assert send(lead, f"{run}/save", mode="live").status_code == 303
    stale = send(lead, path, mode="off", version="1")
    assert stale.status_code == 409
    assert "Somebody saved version 2 of “blue-lantern” meanwhile." in stale.text


def test_two_leads_save_over_one_another_and_the_second_keeps_the_words(
    app: Flask, lead: FlaskClient
) -> None:
    saved(app, lead)
    mine = propose(lead, base="1", expression="comment.links > 3").location
    theirs = propose(lead, base="1", expression="comment.links > 5").location
    work(app)
    assert send(lead, f"{theirs}/save", mode="live").status_code == 303
    answer = send(lead, f"{mine}/save", mode="live")
    assert answer.status_code == 409
    read = pages.read(answer)
    assert "comment.links &gt; 3" in read.text
    assert "The rule was changed since this dry run." in said(read.text)
    again = next(link for link in read.links if "?from=" in link)
    assert "comment.links &gt; 3</textarea>" in pages.page(lead, again).text


def test_a_rule_is_retired_and_its_history_stays(app: Flask, lead: FlaskClient) -> None:
    saved(app, lead)
    assert send(lead, "/rules/blue-lantern/retire", version="1").status_code == 303
    assert "There are no rules yet." in pages.page(lead, "/rules").text
    page = pages.page(lead, "/rules/blue-lantern").text
    assert "This rule is retired" in page
    assert "Its dry run" in page


def test_what_there_is_not(lead: FlaskClient) -> None:
    for path in ("/rules/none", "/rules/dry-runs/1", "/rules/new?from=1"):
        assert lead.get(path).status_code == 404
    for odd in ("x", "²", "-1", "9" * 30):
        assert lead.get("/rules/new", query_string={"from": odd}).status_code == 200


def test_a_dry_run_is_no_way_to_keep_the_worker_busy(
    lead: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "RUNS", "1/hour")
    assert propose(lead).status_code == 303
    answer = propose(lead)
    assert answer.status_code == 429
    assert "That was a lot of dry runs." in answer.text


def test_erased_words_are_not_among_the_examples(app: Flask, lead: FlaskClient) -> None:
    with app.app_context():
        comment = trial.judged("The blue lantern of Mr X.", Action.HIDE)
        db.session.commit()
        number = comment.id
    run = saved(app, lead)
    assert "Mr X" in pages.page(lead, run).text
    with app.app_context():
        trial.blank(db.session.get_one(type(comment), number))
        db.session.commit()
    page = pages.page(lead, run).text
    assert "Mr X" not in page
    assert "Its words are erased." in page


@pytest.mark.parametrize("role", [Role.COMMENTER, Role.MODERATOR, Role.LAWYER])
def test_only_leads(app: Flask, role: Role) -> None:
    client = factories.signed_in(app, role)
    for path in ("/rules", "/rules/new", "/rules/none", "/rules/dry-runs/1"):
        assert client.get(path).status_code == 403
