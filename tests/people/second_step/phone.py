"""A phone with an app for codes, and somebody whose account knows it."""

from dataclasses import dataclass, field
from datetime import timedelta

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation import clock
from moderation.database import db
from moderation.people import queries
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.people.second_step import codes, service
from tests import factories, pages

MO = "mo@example.org"
PAGE = "/sign-in/code"


@dataclass
class Phone:
    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def shows(self, ahead: int = 0) -> str:
        """The code of now, or of `ahead` half minutes later."""
        return pyotp.TOTP(self.secret).at(clock.now() + ahead * timedelta(seconds=30))

    def wrong(self) -> str:
        """Six digits that no step around now has."""
        near = {self.shows(ahead) for ahead in range(-2, 3)}
        return next(code for code in map("{:06d}".format, range(9)) if code not in near)


def somebody(app: Flask, role: Role = Role.MODERATOR, email: str = MO) -> Phone:
    """A new person with a second step, and their phone."""
    with app.app_context():
        person = factories.person(role, email=email)
        person.second_step_at = clock.now()
        person.second_step_salt = codes.new_salt()
        salt = codes.new_salt()
        service.renew_recovery_codes(person, salt)
        phone = Phone(
            service.secret(person, person.second_step_salt), service.recovery_codes(person, salt)
        )
        db.session.commit()
        return phone


def row(email: str = MO) -> Person:
    return db.session.scalars(queries.with_address(email)).one()


def password(client: FlaskClient, **given: str) -> None:
    """The first step; the second is asked for."""
    data = {"email": MO, "password": factories.PASSWORD, **given}
    answer = client.post("/sign-in", data=data)
    assert (answer.status_code, answer.location) == (303, PAGE)


def send(client: FlaskClient, code: str, page: str = PAGE) -> TestResponse:
    """The second step, as typed."""
    return client.post(page, data={"csrf_token": pages.token(client, page), "code": code})


def sign_in(app: Flask, code: str) -> FlaskClient:
    """A browser in which both steps are done."""
    client = app.test_client()
    password(client)
    answer = send(client, code)
    assert answer.status_code == 303, answer.text
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/me").status_code == 200
