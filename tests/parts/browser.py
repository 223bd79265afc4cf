"""A real headless Chromium: the one named, the one installed, or as root on Debian one from apt."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

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


def prepare(say: Callable[[str], None]) -> None:
    """Install what the browser lacks if we may; says so before, and what went wrong."""
    if (
        os.environ.get("MODERATION_TEST_CHROMIUM")
        or os.geteuid() != 0
        or not shutil.which("apt-get")
    ):
        return
    lacking = [name for name in ALONGSIDE if not is_installed(name)]
    if not found():
        lacking.insert(0, PROGRAMS[0])
    if lacking:
        say(f"Installing {', '.join(lacking)} by apt, for the browser tests.")
        for step in (("update",), ("install", "--yes", "--no-install-recommends", *lacking)):
            apt(*step)


def apt(*step: str) -> None:
    """One step of apt-get without questions; PartMissing with its last words if it fails."""
    done = subprocess.run(
        ("apt-get", "-q", *step),
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PartMissing(f"{WANTED} apt-get {step[0]} failed and said:\n{done.stderr[-2000:]}")


def is_installed(package: str) -> bool:
    """Whether Debian has the package."""
    asked = ("dpkg-query", "--show", "--showformat", "${db:Status-Status}", package)
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout == "installed"


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
