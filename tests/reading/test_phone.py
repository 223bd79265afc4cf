"""A thread on the smallest phone: nothing sticks out, and what was typed stays."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from moderation.database import db
from tests import factories
from tests.parts.browser import context as window

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LARGE = "document.styleSheets[0].insertRule('html { font-size: 200% !important }')"


@pytest.fixture
def here(app: Flask) -> str:
    """An article with a reply to a reply to a reply."""
    with app.app_context():
        comment = factories.comment()
        article = comment.article
        for _ in range(3):
            comment = factories.comment(on=article, to=comment)
        db.session.commit()
        return f"/articles/{article.slug}"


@pytest.fixture
def page(live: str, chromium: Browser) -> Iterator[Page]:
    phone = {"width": 320, "height": 640}
    with window(chromium, base_url=live, viewport=phone, has_touch=True) as opened:
        yield opened.new_page()


def test_an_open_menu_does_not_stick_out(page: Page, here: str) -> None:
    page.goto(here)
    for menu in page.locator("details.menu").all():
        menu.locator("summary").click()
        assert page.evaluate(TOO_WIDE) <= 0
        menu.locator("summary").click()


def test_text_twice_as_large_does_not_stick_out(page: Page, here: str) -> None:
    for path in (here, "/policy"):
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(path)
        page.evaluate(LARGE)
        assert page.evaluate(TOO_WIDE) <= 0, path


def test_words_stay_in_the_browser_until_they_are_sent_signed_in(page: Page, here: str) -> None:
    page.goto(here)
    page.fill("#body", "Words of a newcomer.")
    page.click("main button:has-text('Leave a comment')")
    expect(page.locator("h1")).to_have_text("Sign in")
    page.goto(here)
    expect(page.locator("#body")).to_have_value("Words of a newcomer.")


def test_too_many_characters_are_counted(page: Page, here: str) -> None:
    page.goto(here)
    page.fill("#body", "y" * 5010)
    expect(page.locator("[data-left]")).to_have_text("10 too many")
