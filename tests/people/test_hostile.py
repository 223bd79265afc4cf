"""The worst that others type, in every field: never a 500, and what is kept is exact."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.database import db
from moderation.forms import one_line
from moderation.people.models import Person
from tests import factories, pages
from tests.people.second_step import phone

ANN = "ann@example.org"
GOOD = "plum jam on Tuesdays"


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand tries from one network would be refused, and rightly."""
    monkeypatch.setattr("moderation.people.throttle.hit", lambda *_args: None)
    monkeypatch.setattr("moderation.people.passwords.matches", lambda *_args: False)


def check(client: FlaskClient, path: str, data: dict[str, str]) -> int:
    answer = client.post(path, data=data)
    assert answer.status_code < 500, data
    if answer.status_code != 303:
        assert 400 <= answer.status_code < 500
        pages.read(answer)
    return answer.status_code


def signed_in(app: Flask) -> FlaskClient:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moderation.people.passwords.matches", lambda *_args: True)
        return factories.signed_in(app)


@pytest.mark.parametrize("field", ["name", "email", "password", "next"])
def test_signing_up(
    client: FlaskClient, strings: list[str], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.people.passwords.hashed", lambda _password, email: email)
    for number, text in enumerate(strings):
        data = {"name": "Ann", "email": f"ann{number}@example.org", "password": GOOD, field: text}
        check(client, "/sign-up", data)


@pytest.mark.parametrize("field", ["email", "password", "next"])
def test_signing_in(client: FlaskClient, strings: list[str], field: str) -> None:
    for text in strings:
        assert check(client, "/sign-in", {"email": ANN, "password": GOOD, field: text}) == 422


def test_in_addresses(client: FlaskClient, strings: list[str]) -> None:
    for text in strings:
        check(client, "/forgotten-password", {"email": text})
        query = {"next": text}
        for path in ("/sign-in", "/sign-up", "/sign-up/sent"):
            assert client.get(path, query_string=query).status_code == 200
        for path in ("/confirm/", "/new-password/"):
            assert client.get(path + text.replace("?", "").replace("#", "")).status_code < 500


def test_a_name_is_kept_as_typed(app: Flask, strings: list[str]) -> None:
    client = signed_in(app)
    token = pages.token(client, "/me")
    taken = 0
    for text in strings:
        if check(client, "/me/name", {"csrf_token": token, "name": text}) != 303:
            continue
        taken += 1
        with app.app_context():
            assert db.session.scalars(select(Person.name)).one() == one_line(text)
        if "<" in text:
            assert text not in pages.page(client, "/me").text
    assert taken > 100


def test_an_account(app: Flask, strings: list[str]) -> None:
    client = signed_in(app)
    token = pages.token(client, "/me")
    for text in strings:
        data = {"csrf_token": token, "old_password": text, "new_password": text}
        assert check(client, "/me/password", data) == 422
        assert check(client, "/me/name", {"csrf_token": text, "name": "Ann"}) == 422


def test_a_code_for_the_second_step(app: Flask, client: FlaskClient, strings: list[str]) -> None:
    phone.somebody(app)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moderation.people.passwords.matches", lambda *_args: True)
        phone.password(client)
    token = pages.token(client, phone.PAGE)
    for text in strings:
        assert check(client, phone.PAGE, {"csrf_token": token, "code": text}) == 422
    assert not phone.is_in(client)
