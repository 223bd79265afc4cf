"""Slow mode in a real browser: when it ends is a time on the clock, in the reader's own zone."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from moderation import clock
from moderation.database import db
from tests import factories
from tests.parts import browser

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_end_of_slow_mode_is_told_by_the_readers_clock(
    app: Flask, live: str, chromium: Browser
) -> None:
    with app.app_context():
        article = factories.article()
        article.slow_seconds = 60
        article.heat_until = clock.now().replace(minute=30) + timedelta(hours=1)
        db.session.commit()
        slug, ends = article.slug, article.heat_until
    with browser.context(chromium, base_url=live, timezone_id="Asia/Kolkata") as opened:
        page = opened.new_page()
        page.goto(f"/articles/{slug}")
        # half an hour off the full hour in UTC, and so a full hour there
        there = f"{(ends + timedelta(hours=5, minutes=30)):%H:%M}"
        expect(page.locator("#slow-mode time")).to_have_text(re.compile(f"{there}$"))
