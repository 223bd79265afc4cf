"""Monday at the newspaper, in a browser: from a comment to a decision to an appeal's outcome."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.parts import browser

PEOPLE = {
    "author": Role.COMMENTER,
    "reporter": Role.COMMENTER,
    "ann": Role.MODERATOR,
    "bob": Role.MODERATOR,
}
INSULT = "You are *all* clowns, and your harbour is a puddle."


@pytest.fixture
def town(app: Flask, live: str) -> str:
    """An article to talk about, and four people with accounts."""
    with app.app_context():
        factories.article(slug="harbour", title="The harbour is full")
        for name, role in PEOPLE.items():
            factories.person(role, email=f"{name}@example.org", name=name.title())
        db.session.commit()
    return live


@contextmanager
def signed_in(chromium: Browser, at: str, name: str, **options: object) -> Iterator[Page]:
    with browser.context(chromium, base_url=at, **options) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(f"{name}@example.org")
        page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        yield page


def write(page: Page) -> None:
    page.goto("/articles/harbour")
    page.get_by_label("Comment", exact=False).first.fill(INSULT)
    page.get_by_role("button", name="Leave a comment").click()
    # a machine has its doubts, and the author means it
    expect(page.locator("#nudge mark").first).to_contain_text("clowns")
    page.get_by_role("button", name="Post it anyway").click()
    expect(page.locator(".comment .words").first).to_contain_text("You are all clowns")


def report(page: Page) -> None:
    page.goto("/articles/harbour")
    href = page.locator("a[href$='/report']").first.get_attribute("href")
    page.goto(str(href))
    page.locator("input[name=clause][value=abuse]").check()
    page.get_by_role("button", name="Send", exact=False).first.click()
    expect(page.get_by_role("heading", name="Thank you for the feedback")).to_be_visible()


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_from_a_comment_to_an_appeals_outcome(
    chromium: Browser, town: str, *, with_script: bool
) -> None:
    options = {"java_script_enabled": with_script, "viewport": {"width": 390, "height": 800}}
    with ExitStack() as stack:
        author, reporter, ann, bob = (
            stack.enter_context(signed_in(chromium, town, name, **options)) for name in PEOPLE
        )
        write(author)
        report(reporter)
        hide(ann)

        author.goto("/me/comments")
        expect(author.get_by_text("It insults or taunts a person", exact=False)).to_be_visible()
        expect(author.get_by_text("Ann", exact=True)).to_have_count(0)
        expect(author.get_by_text("Reporter", exact=True)).to_have_count(0)
        author.locator("a[href*='/appeal']").first.click()
        author.locator("textarea[name=text]").fill("I meant the weather, not the people.")
        author.locator("main button[type=submit]").click()
        expect(author.locator("main")).to_contain_text("somebody", ignore_case=True)

        ann.goto("/review")
        expect(ann.locator("main")).not_to_contain_text("I meant the weather")
        reverse(bob)

        author.goto("/articles/harbour")
        expect(author.locator(".comment .words").first).to_contain_text("You are all clowns")
        reporter.goto("/me/reports")
        expect(reporter.locator("main")).to_contain_text("not", ignore_case=True)


def hide(page: Page) -> None:
    """By hand, as a form: choose the clause, press Hide."""
    page.goto("/review")
    expect(page.locator("main")).to_contain_text("You are all clowns")
    page.locator("input[name=clause][value=abuse]").first.check()
    page.locator("button[name=action][value=hide]").first.click()
    expect(page.get_by_text("You hid", exact=False).first).to_be_visible()


def reverse(page: Page) -> None:
    page.goto("/review")
    expect(page.locator("main")).to_contain_text("I meant the weather")
    page.locator("input[name=outcome][value=reversed]").check()
    page.get_by_role("button", name="Answer the appeal").click()
    expect(page.locator("main")).not_to_contain_text("I meant the weather")
