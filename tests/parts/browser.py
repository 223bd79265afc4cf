"""A real headless Chromium: the one named, the one installed, or as root on Debian one from apt."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.parts import packages
from tests.parts.keeper import PartMissing

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# without libatomic1 Playwright's own driver dies; without a font no text has a size
ALONGSIDE = ("libatomic1", "fonts-dejavu-core")
FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ENOUGH = 30_000  # milliseconds until the page is taken to be wrong
WANTED = (
    "The tests need Chromium: install chromium-headless-shell, libatomic1 and fonts-dejavu-core "
    "(Debian; chromium elsewhere), or set MODERATION_TEST_CHROMIUM to the program."
)


def found() -> str | None:
    """The browser's program if there is one."""
    named = os.environ.get("MODERATION_TEST_CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def lacking() -> list[str]:
    """Debian's packages that the browser still needs; none if one is named."""
    if os.environ.get("MODERATION_TEST_CHROMIUM") or not packages.may_install():
        return []
    alongside = [name for name in ALONGSIDE if not packages.is_installed(name)]
    return alongside if found() else [PROGRAMS[0], *alongside]


@contextmanager
def launched() -> Iterator[Browser]:
    """The browser, until the end of the `with`."""
    program = found()
    if program is None:
        raise PartMissing(WANTED)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(FLAGS), chromium_sandbox=os.geteuid() != 0
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def context(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A person's own window: own cookies, British English, patient for half a minute.

    options: as for Playwright's `new_context`, such as `java_script_enabled=False`,
    `viewport={"width": 360, "height": 740}`, `color_scheme="dark"`, `base_url=...`.
    """
    window = browser.new_context(**{"locale": "en-GB", "timezone_id": "Europe/Dublin", **options})
    window.set_default_timeout(ENOUGH)
    try:
        yield window
    finally:
        window.close()
