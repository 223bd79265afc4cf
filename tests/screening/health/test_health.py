"""A check that breaks is noted once, said on the desk, on /healthz and in the log, and is well."""

import html
import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, event, select

from moderation import clock, logs
from moderation.cases.decisions import Decision
from moderation.comments.status import Status
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening import screen
from moderation.screening.health import checking, page, queries, service
from moderation.screening.health.models import PhaseFailure, PhaseHealth
from tests import factories, pages
from tests.screening.health.broken import WORDS, break_phase, comment, unchecked
from tests.screening.remote.checker import answers, listening, says
from tests.screening.remote.site import comment as the_comment
from tests.screening.remote.site import handed_in, verdicts, with_checker

HERE = "/rules/health"


def break_and_comment(app: Flask, bodies: int = 1) -> None:
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        break_phase(patch)
        for number in range(bodies):
            comment(f"Moron number {number}.")
            db.session.commit()


def test_where_all_is_well_nothing_is_said(app: Flask) -> None:
    lead = factories.signed_in(app, Role.LEAD)
    with app.app_context():
        comment("The tram is late.")
        db.session.commit()
    text = pages.page(lead, HERE).text
    assert "Check them now" not in text
    assert text.count("light--well") == 14
    assert text.count("light--off") == 1  # nobody has a checker of their own
    assert "Last looked" in text
    assert "fails since" not in pages.page(lead, "/review").text


def test_from_breaking_to_well_again(app: Flask) -> None:
    break_and_comment(app, 2)
    moderator, lead = (factories.signed_in(app, role) for role in (Role.MODERATOR, Role.LEAD))
    desk = pages.page(moderator, "/review").text
    assert "<b>Word lists</b> fails since" in desk
    assert "2 comments are unchecked" in desk
    assert "/rules/health" not in desk
    assert 'href="/rules/health"' in pages.page(lead, "/review").text
    lights = pages.page(lead, HERE)
    assert "Fails since" in lights.text
    assert "2 comments are unchecked." in lights.text
    assert "Failed 2 times in the last 24 hours." in lights.text
    typed = {"csrf_token": pages.token(lead, HERE), "phase": "words"}
    assert lead.post(f"{HERE}/check", data=typed).status_code == 303
    after = html.unescape(pages.page(lead, HERE).text)
    assert "“Word lists” has now looked at 2 comments." in after
    assert "2 of 2 could be checked." in after
    assert "light--failing" not in after
    assert "fails since" not in pages.page(moderator, "/review").text
    with app.app_context():
        assert unchecked() == []
    again = lead.post(f"{HERE}/check", data=typed, follow_redirects=True)
    assert "there is nothing to check" in again.text


def test_what_takes_longer_is_left_to_the_worker(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_and_comment(app, 3)
    lead = factories.signed_in(app, Role.LEAD)
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    typed = {"csrf_token": pages.token(lead, HERE), "phase": "words"}
    lead.post(f"{HERE}/check", data=typed)
    text = html.unescape(pages.page(lead, HERE).text)
    assert "“Word lists” has 2 of 3 comments behind it." in text
    assert "<progress" in text
    assert "data-unfinished" in lead.get(HERE, headers={"X-Piece": "true"}).text
    with app.app_context():
        checking.run_waiting(lambda: True)
        assert unchecked() == []
    assert "data-unfinished" not in pages.page(lead, HERE).text


def test_what_is_no_check_is_refused(app: Flask) -> None:
    lead = factories.signed_in(app, Role.LEAD)
    typed = {"csrf_token": pages.token(lead, HERE), "phase": "telepathy"}
    refused = lead.post(f"{HERE}/check", data=typed)
    assert refused.status_code == 400
    assert "There is no such check." in refused.text


def test_one_good_look_after_a_bad_one_is_not_well_yet(app: Flask) -> None:
    break_and_comment(app)
    with app.app_context():
        since = clock.now()
        comment("The tram is late.")
        db.session.commit()
        (trouble,) = service.troubles(factories.site())
        assert trouble.failing_since is not None
        with clock.at(since + service.CALM):
            comment("And late again.")
            db.session.commit()
        (trouble,) = service.troubles(factories.site())
        assert (trouble.failing_since, trouble.unchecked) == (None, 1)
    assert "It is well again." in pages.page(factories.signed_in(app, Role.LEAD), HERE).text


def test_the_log_says_when_it_begins_and_ends_and_no_more(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    monkeypatch.setattr(screen, "_told", {})
    break_and_comment(app, 3)
    with app.app_context():
        site = factories.site()
        checking.begin(site, "words", by=factories.person())
        db.session.commit()
        checking.run_waiting(lambda: True)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["phase"]) for line in lines] == [
        ("screening failed", "words"),
        ("check fails", "words"),
        ("check is well again", "words"),
    ]
    assert "Broke" in lines[0]["exception"]
    assert WORDS not in str(lines)


def test_machines_hear_of_it_and_go_on_sending_requests(app: Flask) -> None:
    client = app.test_client()
    break_and_comment(app, 2)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    first, second = answer.text.splitlines()
    assert first == "ok"
    assert second.startswith("main: words fails since 20")
    assert second.endswith("Z, 2 comments unchecked")
    assert "Set-Cookie" not in answer.headers


def test_the_desk_pays_one_query_and_a_comment_one(app: Flask) -> None:
    asked: list[str] = []

    def note(*given: object) -> None:
        if "phase_health" in str(given[2]):
            asked.append(str(given[2]))

    break_and_comment(app)
    moderator = factories.signed_in(app, Role.MODERATOR)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    pages.page(moderator, "/review")
    assert len(asked) == 1
    asked.clear()
    app.test_client().get("/healthz")
    assert len(asked) == 1
    asked.clear()
    with app.app_context():
        db.session.execute(delete(PhaseHealth))
        asked.clear()
        comment("The tram is late.")
        db.session.commit()
    assert len(asked) == 1


def test_counts_end_somewhere(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNTED", 2)
    monkeypatch.setattr(page, "COUNTED", 2)
    break_and_comment(app, 4)
    lead = factories.signed_in(app, Role.LEAD)
    assert "more than 2 comments are unchecked" in pages.page(lead, HERE).text


def test_failures_are_forgotten_after_two_days(app: Flask) -> None:
    break_and_comment(app)
    with app.app_context():
        service.clear_old()
        assert db.session.scalar(select(PhaseFailure.id)) is not None
        with clock.at(clock.now() + timedelta(days=3)):
            service.clear_old()
        assert db.session.scalar(select(PhaseFailure.id)) is None
        db.session.rollback()


@pytest.mark.parametrize("fails", ["open", "closed"])
def test_the_whole_story_of_a_dead_checker(app: Flask, fails: str) -> None:
    """Handed in, published or held, said on the desk, checked now, and the verdict counts."""
    moderator, lead = (factories.signed_in(app, role) for role in (Role.MODERATOR, Role.LEAD))
    with listening(answers(500)) as checker:
        with_checker(app, checker.url, closed=fails == "closed")
        handed_in(app)
        with app.app_context():
            expected = Status.PENDING if fails == "closed" else Status.PUBLISHED
            assert the_comment().status is expected
        assert (
            "The publisher’s own checker</b> fails since" in pages.page(moderator, "/review").text
        )
        assert "remote fails since" in app.test_client().get("/healthz").text
        typed = {"csrf_token": pages.token(lead, HERE), "phase": "remote"}
        lead.post(f"{HERE}/check", data=typed)
        assert "still marked as unchecked" in html.unescape(pages.page(lead, HERE).text)
        checker.reply = says({"clause": "abuse", "score": 0.97, "why": ["It insults."]})
        lead.post(f"{HERE}/check", data=typed)
    with app.app_context():
        assert the_comment().status is Status.PENDING
        assert [verdict.is_checked for verdict in verdicts()] == [True]
        holds = db.session.scalars(
            select(Decision.checker).where(Decision.clause_id.is_not(None))
        ).all()
        assert "remote:abuse" in holds
    assert "fails since" not in pages.page(moderator, "/review").text
    assert app.test_client().get("/healthz").text == "ok\n"
