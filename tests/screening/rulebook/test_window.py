"""The rules in a real browser: refused in place, tried in place, a dry run that shows how far."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from moderation.comments.status import Action
from moderation.database import db
from moderation.people.roles import Role
from moderation.screening.rulebook import dryrun
from tests import factories
from tests.parts import axe, browser
from tests.screening.rulebook import trial

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@contextmanager
def window(chromium: Browser, app: Flask, live: str, at: str, **options: Any) -> Iterator[Page]:
    """A lead at `at`; anything the page complains about fails the test."""
    with app.app_context():
        email = factories.person(Role.LEAD).email
        db.session.commit()
    with browser.context(chromium, base_url=live, **options) as opened:
        page = opened.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/sign-in?next={at}")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{at}")
        page.wait_for_load_state()
        yield page
        assert not complaints


def fill(page: Page) -> None:
    page.locator("#name").fill("blue-lantern")
    page.locator("#expression").fill(trial.LANTERN)
    page.locator("#should_flag").fill("A blue lantern.")


def work(app: Flask) -> None:
    with app.app_context():
        dryrun.run_waiting(lambda: True)


def test_a_rule_is_tried_in_place_and_the_place_of_a_mistake_is_selected(
    chromium: Browser, app: Flask, live: str
) -> None:
    with window(chromium, app, live, "/rules/new") as page:
        fill(page)
        page.locator("#expression").fill("comment.text != '😀' &&\n comment.lenght > 3")
        page.locator("#try-button").press("Enter")
        expect(page.locator("#tried .refused")).to_contain_text("Did you mean comment.length?")
        expect(page.locator("#expression")).to_be_focused()
        selected = "(f) => f.value.slice(f.selectionStart, f.selectionEnd)"
        assert page.locator("#expression").evaluate(selected) == "lenght"
        page.keyboard.type("length")
        page.locator("#expression").fill(trial.LANTERN)
        page.locator("#try-button").click()
        expect(page.locator("#tried")).to_contain_text("It comes out as you said.")
        assert page.url.endswith("/rules/new")
        assert axe.violations(page) == []


def test_a_dry_run_shows_how_far_it_is_and_then_what_it_found(
    chromium: Browser, app: Flask, live: str
) -> None:
    with app.app_context():
        trial.judged("The blue lantern.", Action.HIDE)
        db.session.commit()
    with window(chromium, app, live, "/rules/new") as page:
        fill(page)
        page.get_by_role("button", name="Start the dry run").click()
        expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
        work(app)
        expect(page.get_by_role("heading", name="Would have reported 1 of 1")).to_be_visible()
        expect(page.locator("#dry-run-says")).to_contain_text("Would have reported 1 of 1")
        assert axe.violations(page) == []
        page.get_by_role("button", name="Save in shadow").click()
        expect(page.get_by_role("heading", name="blue-lantern")).to_be_visible()
        assert axe.violations(page) == []


def test_the_same_without_script_and_the_checks_on_a_phone(
    chromium: Browser, app: Flask, live: str
) -> None:
    plain: dict[str, Any] = {
        "java_script_enabled": False,
        "viewport": {"width": 390, "height": 844},
    }
    with window(chromium, app, live, "/rules/new", **plain) as page:
        fill(page)
        page.get_by_role("button", name="Start the dry run").click()
        work(app)
        page.get_by_role("link", name="Look again").click()
        expect(page.get_by_role("heading", name="Would have reported 0 of 0")).to_be_visible()
        page.goto("/rules/phases")
        page.locator("#risk summary").click()
        page.locator("#report-risk-attack").fill("0.4")
        page.locator("#risk").get_by_role("button", name="Save the scores").click()
        expect(page.locator(".flashes")).to_contain_text("An attack reports from 0.4")
        page.locator("#noise").get_by_role("button", name="Off").click()
        expect(page.locator(".flashes")).to_contain_text("is off now")


def test_nobody_is_kept_out_of_the_checks(chromium: Browser, app: Flask, live: str) -> None:
    with window(chromium, app, live, "/rules/phases", color_scheme="dark") as page:
        page.locator("#risk summary").press("Enter")
        expect(page.locator("#report-risk-attack")).to_be_visible()
        assert axe.violations(page) == []
