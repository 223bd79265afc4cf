"""The desk in a real browser: every key, two people on one case, and no script at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from moderation.comments.status import Status
from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.parts import axe, browser

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
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


def test_a_approves_and_the_next_card_is_there(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.", "Second.")
    with desk(chromium, app, live) as page:
        expect(subject(page)).to_have_text("First.")
        page.evaluate("window.stillHere = true")
        page.keyboard.press("a")
        expect(subject(page)).to_have_text("Second.")
        expect(page.locator(".undo-bar")).to_contain_text("You approved")
        expect(page.locator("#desk-title")).to_be_focused()
        expect(says(page)).to_contain_text("Approved. Serious · one reporter")
        assert page.evaluate("window.stillHere"), "the page was loaded anew"


def test_h_and_a_digit_hide_and_u_takes_it_back(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("h")
        expect(says(page)).to_contain_text("Press its number")
        expect(page.locator("input[name=clause]").first).to_be_focused()
        page.keyboard.press("1")
        clear(page)
        expect(page.locator(".undo-bar")).to_contain_text("under Personal abuse")
        page.keyboard.press("u")
        expect(subject(page)).to_have_text("First.")
        expect(says(page)).to_contain_text("Taken back.")
        expect(page.locator(".turn--subject .badge")).to_have_text("published")


def test_escape_after_h_thinks_again(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("h")
        page.keyboard.press("Escape")
        page.keyboard.press("1")
        expect(page.locator("#desk-title")).to_be_focused()
        expect(subject(page)).to_have_text("First.")
        expect(page.locator(".is-choosing")).to_have_count(0)


def test_h_and_enter_write_the_statement_first(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("h")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        statement = page.locator("#statement")
        expect(statement).to_be_focused()
        expect(statement).to_have_value(
            "It has no link to the article or to the comment it replies to."
        )
        page.keyboard.type("a h s: typing is not pressing keys.")
        page.keyboard.press("Control+Enter")
        clear(page)
        expect(page.locator(".undo-bar")).to_contain_text("under Off topic")
        page.goto("/review/log")
        expect(page.get_by_text("Told the author: a h s: typing")).to_be_visible()


def test_r_restores(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("h")
        page.keyboard.press("1")
        clear(page)
        page.locator(".undo-bar a").click()
        expect(page.locator(".turn--subject .badge")).to_have_text("hidden")
        page.wait_for_load_state()
        page.keyboard.press("r")
        clear(page)
        expect(page.locator(".undo-bar")).to_contain_text("You restored")


def test_e_hands_on_with_a_note(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("e")
        expect(page.locator("#note")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("alert")).to_contain_text("Say in the note why you hand it on.")
        page.keyboard.press("e")
        page.keyboard.type("Satire?")
        page.keyboard.press("Control+Enter")
        clear(page)


def test_s_skips(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.", "Second.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("s")
        expect(subject(page)).to_have_text("Second.")
        page.keyboard.press("s")
        clear(page)


def test_n_writes_a_note_and_keeps_what_is_typed(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.locator("#statement").fill("Half a sentence")
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        page.keyboard.type("Ask the desk chief.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#desk-notes")).to_contain_text("Ask the desk chief.")
        expect(page.locator("#statement")).to_have_value("Half a sentence")
        expect(page.locator("#note")).to_have_value("")


def test_c_goes_to_the_conversation(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("c")
        expect(page.locator("#conversation")).to_be_focused()


def test_a_question_mark_shows_the_keys(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        expect(dialog).to_be_visible()
        page.keyboard.press("a")
        assert axe.violations(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(subject(page)).to_have_text("First.")


def test_keys_turned_off_do_nothing(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.get_by_role("button", name="Turn them off").click()
        expect(page.get_by_role("button", name="Turn them on")).to_be_visible()
        page.wait_for_load_state()
        for key in ("a", "h", "1", "s", "?"):
            page.keyboard.press(key)
        expect(subject(page)).to_have_text("First.")
        expect(page.locator("#desk-keys")).to_be_hidden()
        page.get_by_role("button", name="Turn them on").click()
        expect(page.get_by_role("button", name="Turn them off")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("a")
        clear(page)


def test_modifiers_belong_to_the_browser(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        for key in ("Control+a", "Alt+a", "Control+s"):
            page.keyboard.press(key)
        expect(subject(page)).to_have_text("First.")


def test_two_people_on_one_case(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as ann, desk(chromium, app, live, name="Bob Slow") as bob:
        clear(bob)
        bob.goto(live + f"/review/cases/{case_number(ann)}")
        expect(bob.get_by_text("Ann Quick has this case in hand")).to_be_visible()
        bob.locator("#statement").fill("My own words.")
        ann.keyboard.press("h")
        ann.keyboard.press("2")
        clear(ann)
        expect(bob.locator("#desk-changed")).to_contain_text(
            "Ann Quick hid this comment", timeout=SOON
        )
        bob.locator("#hide").click()
        expect(bob.locator(".stale")).to_contain_text("Your decision was not stored")
        expect(bob.locator("#stale-title")).to_be_focused()
        expect(bob.locator("#statement")).to_have_value("My own words.")
        assert axe.violations(bob) == []
        bob.locator("#hide").click()
        clear(bob)


def case_number(page: Page) -> str:
    action = page.locator("#decide").get_attribute("action") or ""
    return action.split("/")[3]


def test_an_unreachable_desk_says_so_and_loses_nothing(
    chromium: Browser, app: Flask, live: str
) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.locator("#note").fill("Typed.")
        page.keyboard.press("Escape")
        page.route("**/decisions", lambda route: route.abort())
        page.keyboard.press("a")
        expect(page.get_by_role("alert")).to_contain_text("No answer from the desk")
        expect(page.locator("#note")).to_have_value("Typed.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_for_axe_to_find(
    chromium: Browser, app: Flask, live: str, scheme: str, width: int
) -> None:
    given(app, "First.")
    with app.app_context():
        comment = factories.comment("He took bribes.", status=Status.PENDING)
        factories.notice(comment, danger=True)
        db.session.commit()
    size = {"width": width, "height": 844}
    with desk(chromium, app, live, color_scheme=scheme, viewport=size) as page:
        found = axe.violations(page)
        page.keyboard.press("h")
        found += axe.violations(page)
        page.keyboard.press("1")
        expect(subject(page)).to_have_text("First.")
        page.keyboard.press("a")
        clear(page)
        found += axe.violations(page)
        for path in ("/review/log", "/review/help"):
            page.goto(path)
            found += axe.violations(page)
        assert found == []
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


def test_the_same_by_plain_forms_on_a_phone(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.", "Second.", "Third.")
    options: dict[str, Any] = {
        "java_script_enabled": False,
        "viewport": {"width": 390, "height": 844},
    }
    with desk(chromium, app, live, **options) as page:
        page.get_by_role("button", name="Approve").click()
        expect(subject(page)).to_have_text("Second.")
        page.get_by_label("Spam and advertising").check()
        page.get_by_role("button", name="Hide and tell the author").click()
        expect(subject(page)).to_have_text("Third.")
        expect(page.locator(".undo-bar")).to_contain_text("under Spam and advertising")
        page.get_by_role("button", name="Undo").click()
        expect(subject(page)).to_have_text("Second.")
        page.get_by_role("button", name="Skip").click()
        page.get_by_label("Note to colleagues").fill("Satire?")
        page.get_by_label("to a lawyer").check()
        page.get_by_role("button", name="Hand on").click()
        clear(page)


def test_enter_in_a_field_decides_nothing_without_a_script(
    chromium: Browser, app: Flask, live: str
) -> None:
    given(app, "First.")
    with desk(chromium, app, live, java_script_enabled=False) as page:
        page.locator("input[name=clause]").first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Choose what to do with the comment.")
        page.goto("/review")
        expect(subject(page)).to_have_text("First.")
