"""Each real part is there and answers."""

import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Browser
from sqlalchemy import create_engine, make_url, text

from tests.parts import axe, browser, keeper, postgres, valkey
from tests.parts.smtp import PASSWORD, USER, Mailbox

STRICT = "default-src 'self'"


def letter(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@example.org", to, "Grüße"
    message.set_content("Your comment is published.")
    return message


def test_postgres_answers(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert (
            connection.scalar(text("select lower('ÄÉ') || current_setting('server_encoding')"))
            == "äéUTF8"
        )
    engine.dispose()


def test_a_database_is_fresh_each_time(postgres_url: str) -> None:
    name = f"{make_url(postgres_url).database}_again"
    url = make_url(postgres_url).set(database=name)
    for _ in ("once", "again"):
        postgres.database_url(make_url(postgres_url), name)
        with postgres.connect(url) as connection:
            connection.execute("create table only_once (id int)")
    postgres.drop(make_url(postgres_url), name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        postgres.connect(url)


def test_valkey_answers(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.ping()


def test_a_server_goes_with_the_run_that_asked_for_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        url = valkey.server(tmp_path, owner=owner.pid)
        assert valkey.is_up(url)
        owner.kill()

    end = time.monotonic() + keeper.PATIENCE
    while (tmp_path / "valkey").exists() and time.monotonic() < end:
        time.sleep(keeper.EVERY)
    assert not valkey.is_up(url)
    assert not (tmp_path / "valkey").exists()


def test_mail_arrives(mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=10) as client:
        client.send_message(letter("anna@example.org"))

    (message,) = mailbox.to("anna@example.org")
    assert message["Subject"] == "Grüße"
    assert message.get_content().strip() == "Your comment is published."
    mailbox.clear()
    assert not mailbox.messages


@pytest.mark.parametrize("reply", ["451 Try later", "550 No such person"])
def test_mail_is_refused(mailbox: Mailbox, reply: str) -> None:
    mailbox.refusal = reply
    with (
        smtplib.SMTP("127.0.0.1", mailbox.port, timeout=10) as client,
        pytest.raises(smtplib.SMTPDataError, match=reply[:3]),
    ):
        client.send_message(letter("anna@example.org"))
    assert not mailbox.messages


def test_mail_needs_a_password() -> None:
    with (
        Mailbox(needs_password=True) as box,
        smtplib.SMTP("127.0.0.1", box.port, timeout=10) as client,
    ):
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            client.send_message(letter("anna@example.org"))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(USER, "wrong")
        client.login(USER, PASSWORD)
        client.send_message(letter("anna@example.org"))
        assert len(box.messages) == 1


def test_the_browser_shows_a_page(chromium: Browser) -> None:
    with browser.context(chromium, viewport={"width": 360, "height": 740}) as window:
        page = window.new_page()
        page.set_content("<!doctype html><title>Morning</title><h1>Good morning</h1>")
        assert page.get_by_role("heading").inner_text() == "Good morning"
        assert page.evaluate("innerWidth") == 360


def test_axe_finds_what_is_wrong_in_spite_of_a_strict_policy(chromium: Browser) -> None:
    with browser.context(chromium) as window:
        page = window.new_page()
        page.route(
            "http://127.0.0.1/bad",
            lambda route: route.fulfill(
                body="<!doctype html><html lang=en><title>Bad</title><img src=x><input>",
                headers={"Content-Type": "text/html", "Content-Security-Policy": STRICT},
            ),
        )
        page.goto("http://127.0.0.1/bad")
        assert {line.split()[0] for line in axe.violations(page)} == {"image-alt", "label"}


def test_axe_is_content_with_a_good_page(chromium: Browser) -> None:
    with browser.context(chromium, color_scheme="dark") as window:
        page = window.new_page()
        page.set_content(
            "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1></main>"
        )
        assert axe.violations(page) == []


def test_nothing_outside_this_machine_is_reached() -> None:
    with pytest.raises(UserWarning, match="tried to use socket"):
        smtplib.SMTP("192.0.2.1", 25, timeout=1)


def test_a_missing_browser_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_TEST_CHROMIUM", os.devnull)
    with (
        pytest.raises(keeper.PartMissing, match="install chromium-headless-shell"),
        browser.launched(),
    ):
        pass
