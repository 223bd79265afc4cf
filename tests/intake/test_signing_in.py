"""On the way through sign-in and sign-up, whoever wrote something is told that it is kept."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories, pages
from tests.intake.writing import HERE, send

pytestmark = pytest.mark.usefixtures("an_article")
KEPT = "What you wrote is kept for a day."


def test_the_words_are_said_to_be_kept(client: FlaskClient) -> None:
    to_sign_in = send(client).location
    for path in (to_sign_in, to_sign_in.replace("/sign-in", "/sign-up"),
                 to_sign_in.replace("/sign-in", "/sign-up/sent")):  # fmt: skip
        assert KEPT in pages.page(client, path).text
    assert KEPT not in pages.page(client, "/sign-in").text
    assert KEPT not in pages.page(client, f"/sign-in?next={HERE}").text


def test_signing_in_from_a_page_leads_back_to_it(app: Flask, client: FlaskClient) -> None:
    assert f"/sign-in?next={HERE}" in pages.page(client, f"{HERE}?sort=oldest").links
    assert f"/sign-up?next={HERE}" in pages.page(client, HERE).links
    assert "/sign-in" in pages.page(client, "/sign-up").links
    assert "/sign-in" in pages.page(client, "/nowhere", 404).links
    assert "/sign-out" in {
        form["action"] for form in pages.page(factories.signed_in(app), HERE).forms
    }
