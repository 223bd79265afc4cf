"""The desk in a real browser: every key, two people on one case, and no script at all."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.parts import axe
from tests.review.screened import copies
from tests.review.window import clear, desk, given, says, subject

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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


def test_x_takes_the_exact_copies_along_and_u_brings_all_back(
    chromium: Browser, app: Flask, live: str
) -> None:
    copies(app, 7)
    with desk(chromium, app, live) as page:
        along = page.locator("#decide-with")
        expect(along).to_have_text("This comment only")
        page.keyboard.press("x")
        expect(along).to_have_text("This comment and 7 others")
        expect(says(page)).to_have_text("This comment and 7 others.")
        # those that were folded away are to be seen
        expect(page.get_by_role("checkbox", name="Decide along")).to_have_count(7)
        page.keyboard.press("x")
        expect(along).to_have_text("This comment only")
        page.keyboard.press("x")
        page.get_by_role("checkbox", name="the comment by Copy 3,").uncheck()
        expect(along).to_have_text("This comment and six others")
        assert axe.violations(page) == []
        page.keyboard.press("h")
        page.keyboard.press("1")
        expect(page.locator(".undo-bar")).to_contain_text("and six others under Spam")
        page.keyboard.press("u")
        expect(says(page)).to_contain_text("Taken back.")
        expect(page.locator(".turn--subject .badge")).to_have_text("published")
        expect(along).to_have_text("This comment only")


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
