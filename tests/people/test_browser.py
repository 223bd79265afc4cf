"""Our pages in a real browser: no barrier, nothing too wide, and the way in and out by hand."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from moderation.database import db
from moderation.people import links
from tests import factories
from tests.parts import axe
from tests.parts.browser import context as window

ANN = "ann@example.org"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
LOOKS: dict[str, dict[str, Any]] = {
    "phone": PHONE,
    "phone, dark": {**PHONE, "color_scheme": "dark"},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "without script": {"java_script_enabled": False},
}

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def tokens(app: Flask) -> dict[str, str]:
    """Somebody not confirmed, and the links they were sent."""
    with app.app_context():
        ann = factories.person(email=ANN, confirmed_at=None)
        db.session.commit()
        return {"confirm": links.confirmation(ann), "new-password": links.new_password(ann)}


@pytest.fixture(params=["phone", "phone, dark", "desktop"])
def page(request: pytest.FixtureRequest, live: str, chromium: Browser) -> Iterator[Page]:
    with window(chromium, base_url=live, **LOOKS[request.param]) as opened:
        yield opened.new_page()


def check(page: Page) -> None:
    assert axe.violations(page) == [], page.url
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0, page.url


def send(page: Page, button: str, **typed: str) -> None:
    for field, text in typed.items():
        page.fill(f"main #{field}", text)
    with page.expect_navigation():  # what is read next is the answer, never the page left behind
        page.click(f"main button:has-text('{button}')")


def test_pages_have_no_barriers(page: Page, tokens: dict[str, str]) -> None:
    paths = [
        "/sign-in", "/sign-up", "/sign-up/sent", "/forgotten-password", "/forgotten-password/sent",
        f"/confirm/{tokens['confirm']}", f"/new-password/{tokens['new-password']}", "/confirm/x",
    ]  # fmt: skip
    for path in paths:
        page.goto(path)
        check(page)
    page.goto("/sign-up")
    send(page, "Sign up", name="Ann", email=ANN, password="short")
    assert page.locator("#errors").evaluate("it => it === document.activeElement")
    check(page)
    page.goto("/sign-in?next=/me")
    send(page, "Sign in", email=ANN, password="not the password")
    check(page)
    send(page, "Sign in", password=factories.PASSWORD)
    assert page.url.endswith("/me")
    check(page)
    send(page, "Change the password", old_password="x", new_password="short")
    check(page)


def test_without_script_one_gets_in_about_and_out(
    live: str, chromium: Browser, tokens: dict[str, str]
) -> None:
    with window(chromium, base_url=live, **LOOKS["without script"]) as opened:
        page = opened.new_page()
        page.goto(f"/confirm/{tokens['confirm']}")
        send(page, "Confirm my address", password=factories.PASSWORD)
        assert "Your address is confirmed" in page.inner_text("body")
        page.goto("/me")
        assert "not confirmed" not in page.inner_text("main")
        send(page, "Change the name", name="Ann of the Harbour")
        assert "Ann of the Harbour" in page.inner_text("header")
        page.click("header button:has-text('Sign out')")
        page.goto("/me")
        assert page.url.endswith("/sign-in?next=/me")
