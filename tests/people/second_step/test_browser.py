"""The second step in a real browser: no barrier, nothing too wide, a square that can be scanned."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page

from moderation.people.roles import Role
from tests import factories
from tests.parts.browser import context as window
from tests.people import ann
from tests.people.second_step.phone import MO, PAGE, Phone
from tests.people.test_browser import LOOKS, check, send

SET_UP = "/me/second-step/set-up"

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(params=LOOKS)
def page(request: pytest.FixtureRequest, live: str, chromium: Browser) -> Iterator[Page]:
    """A page that fails the test if the browser refuses anything on it."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # a form sent back with mistakes is no failure of the page
        if message.type == "error" and "422" not in message.text:
            said.append(message.text)

    with window(chromium, base_url=live, **LOOKS[request.param]) as opened:
        page = opened.new_page()
        page.on("console", note)
        yield page
    assert said == []


class Looking:
    """At one page after the other. scripted: a page without script answers no question, ever."""

    def __init__(self, page: Page, *, scripted: bool) -> None:
        self._page, self._scripted = page, scripted

    def __call__(self) -> None:
        if self._scripted:
            check(self._page)

    def says(self, selector: str, question: str) -> bool:
        return not self._scripted or bool(self._page.locator(selector).evaluate(question))


@pytest.fixture
def looked_at(page: Page, request: pytest.FixtureRequest) -> Looking:
    look = LOOKS[request.node.callspec.params["page"]]
    return Looking(page, scripted=look.get("java_script_enabled", True))


def set_up(page: Page, looked_at: Looking) -> tuple[Phone, list[str]]:
    """As the page leads: a code that does not fit, one that does, ten to keep."""
    looked_at()
    assert looked_at.says("img.square", "it => it.complete && it.naturalWidth > 0")
    mine = Phone("".join(page.locator("code.secret span").all_inner_texts()))
    send(page, "Set it up", password=factories.PASSWORD, new_code=mine.wrong())
    assert "This code is not right" in page.inner_text("#errors")
    looked_at()
    send(page, "Set it up", password=factories.PASSWORD, new_code=mine.shows())
    codes = page.locator("code.secret").all_inner_texts()
    assert len(codes) == 10
    looked_at()
    with page.expect_download() as saved:
        page.click("text=Download as text")
    assert codes[9] in saved.value.path().read_text("utf-8")
    page.click("text=I have kept them")
    return mine, codes


def test_set_up_signed_out_and_in_again_by_hand(page: Page, looked_at: Looking, app: Flask) -> None:
    app.config["STAFF_TWO_STEPS"] = "on"
    ann.add(app, MO, role=Role.MODERATOR)
    page.goto("/sign-in?next=/review")
    send(page, "Sign in", email=MO, password=factories.PASSWORD)
    assert page.url.endswith(f"{SET_UP}?next=/review")
    mine, codes = set_up(page, looked_at)
    assert page.url.endswith("/review")

    page.click("header button:has-text('Sign out')")
    page.goto("/sign-in?next=/me/second-step")
    send(page, "Sign in", email=MO, password=factories.PASSWORD)
    assert page.url.endswith(PAGE)
    assert looked_at.says("#code", "it => it === document.activeElement")
    looked_at()
    send(page, "Sign in", code=mine.wrong())
    looked_at()
    page.click("text=Use a recovery code")
    looked_at()
    send(page, "Sign in", code=codes[0])
    assert page.url.endswith("/me/second-step")
    assert "9 are left" in page.inner_text("body")
    looked_at()
    for path in ("/me", SET_UP, "/me/second-step/renew"):
        page.goto(path)
        looked_at()
