"""Slips of the finger and fine print on the desk, in a real browser."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from moderation.appeals import service as appeals
from moderation.comments.status import Action
from moderation.database import db
from tests import factories
from tests.review.window import SOON, clear, desk, given, says, subject

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

AGAIN_WITH_THE_NEXT_CARD = """() => {
    const press = () => {
        const key = new KeyboardEvent("keydown", {key: "a", bubbles: true});
        document.activeElement.dispatchEvent(key);
        window.pressedAgain = true;
    };
    new MutationObserver((_, observer) => {
        observer.disconnect();
        setTimeout(press, 100);
    }).observe(document.getElementById("desk").parentNode, {childList: true});
}"""
CUT = """[...document.querySelectorAll(".site-nav, .site-nav ul")]
    .filter((part) => part.scrollWidth > part.clientWidth).length"""


def test_a_key_pressed_twice_decides_once(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.", "Second.")
    with desk(chromium, app, live) as page:
        page.evaluate(AGAIN_WITH_THE_NEXT_CARD)
        page.keyboard.press("a")
        page.wait_for_function("() => window.pressedAgain")
        expect(subject(page)).to_have_text("Second.")
        page.wait_for_timeout(500)
        expect(subject(page)).to_have_text("Second.")
        page.keyboard.press("a")
        clear(page)


def test_the_last_decision_reads_as_a_sentence(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.keyboard.press("a")
        clear(page)
        said = page.locator(".undo-bar p").inner_text()
        assert said.endswith(", just now.")
        assert " ," not in said


def test_without_keys_nobody_is_told_to_press_one(chromium: Browser, app: Flask, live: str) -> None:
    given(app, "First.")
    with desk(chromium, app, live) as page:
        page.get_by_role("button", name="Turn them off").click()
        expect(page.get_by_role("button", name="Turn them on")).to_be_visible()
        page.wait_for_load_state()
        page.locator("a[data-key=h]").click()
        expect(says(page)).to_contain_text("Hide under which clause?")
        expect(says(page)).not_to_contain_text("number")


def test_an_appeal_is_held_while_looking_and_n_writes_its_note(
    chromium: Browser, app: Flask, live: str
) -> None:
    with app.app_context():
        comment = factories.comment("First.")
        factories.report(comment)
        decision = factories.decision(comment, Action.HIDE, by=factories.moderator())
        appeals.by_author(decision, text="It was a joke.")
        db.session.commit()
    with desk(chromium, app, live) as page:
        page.keyboard.press("n")
        expect(page.locator("#note")).to_be_focused()
        with page.expect_response("**/lease", timeout=SOON) as looked:
            pass
        assert looked.value.status == 204


def test_the_masthead_is_whole_on_a_phone(chromium: Browser, app: Flask, live: str) -> None:
    with desk(chromium, app, live, viewport={"width": 320, "height": 640}) as page:
        assert page.evaluate(CUT) == 0
