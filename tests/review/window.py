"""A moderator's window in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.parts import browser

# looks at what colleagues do are five seconds apart
SOON = 9_000


def given(app: Flask, *bodies: str, code: str = "abuse") -> None:
    """Reported comments, the first one due first."""
    with app.app_context():
        for body in bodies:
            comment = factories.comment(body, to=factories.comment("What do you think?"))
            factories.report(comment, code, explanation="Look at that.")
        db.session.commit()


@contextmanager
def desk(
    chromium: Browser, app: Flask, live: str, *, name: str = "Ann Quick", **options: Any
) -> Iterator[Page]:
    """A moderator at the desk; anything the page complains about fails the test."""
    with app.app_context():
        email = factories.person(options.pop("role", Role.MODERATOR), name=name).email
        db.session.commit()
    with browser.context(chromium, base_url=live, **options) as window:
        page = window.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in?next=/review")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#desk")).to_be_visible()
        page.wait_for_load_state()  # and the script listens
        yield page
        assert not complaints


def subject(page: Page) -> Any:
    return page.locator(".turn--subject .words")


def says(page: Page) -> Any:
    return page.locator("#desk-says")


def clear(page: Page) -> None:
    expect(page.get_by_role("heading", name="The desk is clear")).to_be_visible()
