"""Deliver what waits to the tests' mail server, and read it there."""

import re

from flask import Flask

from moderation.outbox import delivery
from tests.parts.smtp import Mailbox


def delivered(app: Flask, mailbox: Mailbox, address: str) -> list[str]:
    """Send everything; the texts that came to `address`, oldest first."""
    app.config["SMTP_URL"] = mailbox.url
    with app.app_context():
        delivery.deliver()
    return [f"{letter['Subject']}\n{letter.get_content()}" for letter in mailbox.to(address)]


def link(text: str) -> str:
    """The path of the first link in a letter."""
    found = re.search(r"http://localhost(/\S+)", text)
    assert found, text
    return found[1]
