"""The page about oneself, and whose rows it touches."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.database import db
from moderation.outbox.models import Message
from moderation.people.models import Person, SignIn
from tests import factories, pages

ANN, BOB = "ann@example.org", "bob@example.org"
NEW = "a wholly new secret"


@pytest.fixture
def ann(app: Flask) -> FlaskClient:
    with app.app_context():
        factories.person(email=ANN, name="Ann")
        factories.person(email=BOB, name="Bob")
        db.session.commit()
    client = app.test_client()
    factories.sign_in(client, ANN)
    return client


def newest_session(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(SignIn.id).order_by(SignIn.id.desc()).limit(1)).one()


def post(client: FlaskClient, path: str, **data: str) -> int:
    return client.post(path, data={"csrf_token": pages.token(client, "/me"), **data}).status_code


def test_a_name_is_not_changed_all_day(ann: FlaskClient) -> None:
    """Each time, every page that is kept has to be made anew."""
    for number in range(10):
        assert post(ann, "/me/name", name=f"Ann {number}") == 303
    assert post(ann, "/me/name", name="Ann once more") == 429
    assert "Ann 9" in pages.page(ann, "/me").text


def test_a_new_name(app: Flask, ann: FlaskClient) -> None:
    assert post(ann, "/me/name", name="  Ann  Ash ") == 303
    assert "Ann Ash" in pages.page(ann, "/me").text
    assert post(ann, "/me/name", name="...") == 422
    assert ann.post("/me/name", data={"name": "Eve"}).status_code == 422, "without the token"
    assert "Ann Ash" in pages.page(ann, "/me").text


def test_a_new_password_needs_the_old_one_and_signs_out_the_rest(
    app: Flask, ann: FlaskClient
) -> None:
    phone = app.test_client()
    factories.sign_in(phone, ANN)
    assert post(ann, "/me/password", old_password="wrong", new_password=NEW) == 422
    assert post(ann, "/me/password", old_password=factories.PASSWORD, new_password="short") == 422
    assert phone.get("/me").status_code == 200
    assert post(ann, "/me/password", old_password=factories.PASSWORD, new_password=NEW) == 303
    assert ann.get("/me").status_code == 200
    assert phone.get("/me").status_code == 303
    factories.sign_in(phone, ANN, NEW)
    with app.app_context():
        (letter,) = db.session.scalars(select(Message))
        assert (letter.to, letter.key.split(":")[0]) == (ANN, "password-changed")


def test_the_old_password_cannot_be_guessed_for_long(ann: FlaskClient) -> None:
    token = pages.token(ann, "/me")
    data = {"csrf_token": token, "old_password": "wrong", "new_password": NEW}
    answers = [ann.post("/me/password", data=data).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_devices_are_listed_and_can_be_signed_out(app: Flask, ann: FlaskClient) -> None:
    phone = app.test_client()
    agent = "Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0"
    data = {"email": ANN, "password": factories.PASSWORD}
    phone.post("/sign-in", data=data, headers={"User-Agent": agent})
    page = pages.page(ann, "/me")
    assert "Firefox on Android" in page.text
    assert page.text.count("this device") == 1
    assert post(ann, f"/me/sessions/{newest_session(app)}/revoke") == 303
    assert phone.get("/me").status_code == 303
    assert "Firefox on Android" not in pages.page(ann, "/me").text


def test_nobody_signs_out_anybody_else(app: Flask, ann: FlaskClient) -> None:
    bob = app.test_client()
    factories.sign_in(bob, BOB)
    assert post(ann, f"/me/sessions/{newest_session(app)}/revoke") == 404
    assert post(ann, "/me/sessions/1/revoke") == 404
    assert bob.get("/me").status_code == 200


def test_signing_out_everywhere(app: Flask, ann: FlaskClient) -> None:
    phone = app.test_client()
    factories.sign_in(phone, ANN)
    assert ann.post("/me/sessions/revoke").status_code == 403, "without the token"
    assert post(ann, "/me/sessions/revoke") == 303
    for client in (ann, phone):
        assert client.get("/me").status_code == 303


def test_a_role_taken_away_is_gone_with_the_next_click(app: Flask, ann: FlaskClient) -> None:
    with app.app_context():
        gone = db.session.scalars(select(SignIn)).one()
        db.session.delete(gone)
        db.session.commit()
    assert ann.get("/me").status_code == 303


def test_names_are_shown_as_text(app: Flask, ann: FlaskClient) -> None:
    assert post(ann, "/me/name", name="<img src=x onerror=alert(1)>") == 303
    assert "<img" not in pages.page(ann, "/me").text
    with app.app_context():
        stored = db.session.scalars(select(Person.name).where(Person.email == ANN)).one()
        assert stored == "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "path",
    [
        "/me/name",
        "/me/password",
        "/me/confirmation",
        "/me/sessions/1/revoke",
        "/me/sessions/revoke",
    ],
)
def test_readers_are_refused(client: FlaskClient, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code == 403
    assert "Sign in" in pages.read(answer).text
