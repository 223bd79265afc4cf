"""The desk in a real browser: two people on one case, axe, a phone, no script at all."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from tests import factories
from tests.parts import axe
from tests.review.screened import copies, verdict
from tests.review.window import SOON, clear, desk, given, subject

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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


def test_copies_and_verdicts_without_a_script_on_a_phone(
    chromium: Browser, app: Flask, live: str
) -> None:
    case_id, ids = copies(app, 3)
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        about = db.session.get_one(Comment, case.comment_id)
        verdict(about, "words:spam", spans=[[0, 4]], why=["On a word list: “earn”."])
        db.session.commit()
    options: dict[str, Any] = {
        "java_script_enabled": False,
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
    }
    with desk(chromium, app, live, **options) as page:
        expect(page.locator(".marked mark")).to_have_text("Earn")
        page.get_by_role("link", name="Tick all 3 exact copies").click()
        expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
        expect(page.locator("#decide-with")).to_contain_text("This comment and 3 others")
        page.get_by_label("Spam and advertising").check()
        page.get_by_role("button", name="Hide and tell the author").click()
        clear(page)
        page.get_by_role("button", name="Undo all").click()
        expect(page.get_by_text("Four decisions are taken back.")).to_be_visible()
    with app.app_context():
        found = db.session.scalars(select(Comment.status).where(Comment.id.in_(ids)))
        assert set(found) == {Status.PUBLISHED}


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
