"""The real parts as pytest fixtures; `tests/conftest.py` loads it with `pytest_plugins`."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import make_url

from tests.parts import browser, packages, postgres, replica, valkey
from tests.parts.smtp import Mailbox

RUN_FOLDER = "MODERATION_TEST_RUN"  # from the run's first process to its workers: "pid:folder"


def worker() -> str:
    """The name of this test worker, "main" if there is only one."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def run() -> tuple[int, Path]:
    """The process that the servers live with, and the folder that all workers share."""
    owner, folder = os.environ[RUN_FOLDER].split(":", 1)
    return int(owner), Path(folder)


def pytest_configure() -> None:
    """Make the run's folder, once for all workers, which inherit its name."""
    if worker() == "main":
        folder = tempfile.mkdtemp(prefix="moderation-tests-")
        Path(folder).chmod(0o711)  # PostgreSQL, as another user, passes through
        os.environ[RUN_FOLDER] = f"{os.getpid()}:{folder}"


def pytest_unconfigure() -> None:
    """Leave no folder; the servers' own go with them."""
    if worker() == "main" and RUN_FOLDER in os.environ:
        with suppress(OSError):
            run()[1].rmdir()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Get the browser and other programs before any worker asks for it, and say so."""
    if worker() == "main":
        terminal = session.config.pluginmanager.getplugin("terminalreporter")
        packages.prepare(browser.lacking(), terminal.write_line if terminal else print)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this worker's own on a real PostgreSQL, empty."""
    owner, folder = run()
    at = postgres.server(folder, owner=owner)
    name = f"moderation_test_{owner}_{worker()}"
    yield postgres.database_url(at, name)
    postgres.drop(at, name)


@pytest.fixture(scope="session")
def replica_url(postgres_url: str) -> str:
    """This worker's database on a real replica of that PostgreSQL."""
    owner, folder = run()
    here = make_url(postgres_url)
    there = replica.server(here.set(database="postgres"), folder / "replica", owner=owner)
    return there.set(database=here.database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def valkey_url() -> str:
    """A database of this worker's own on a real Valkey."""
    owner, folder = run()
    number = worker().removeprefix("gw")
    return f"{valkey.server(folder, owner=owner)}/{number if number.isdigit() else 0}"


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[Mailbox]:
    """A mail server for this worker."""
    with Mailbox() as box:
        yield box


@pytest.fixture
def mailbox(smtp_server: Mailbox) -> Mailbox:
    """The mail server, empty and willing."""
    smtp_server.clear()
    return smtp_server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for this worker; open windows with `tests.parts.browser.context`."""
    with browser.launched() as launched:
        yield launched


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Other people's data, named by MODERATION_TEST_DATA.

    It is not ours to hand out, so a run that names none lists the test as not run; CI must name it,
    and a name that leads nowhere fails anywhere.
    """
    named = os.environ.get("MODERATION_TEST_DATA", "")
    if not named and os.environ.get("CI") != "true":
        pytest.skip("Set MODERATION_TEST_DATA to the folder of test data to run this.")
    if not named or not Path(named).is_dir():
        pytest.fail(f"MODERATION_TEST_DATA must name the folder of test data, not “{named}”.")
    return Path(named)
