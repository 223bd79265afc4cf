"""Ann, whose story the doors tell, and what can be seen of it."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from moderation.database import db
from moderation.outbox.models import Message
from moderation.people.models import Person, SignIn
from tests import factories

ANN = "ann@example.org"
GOOD = "plum jam on Tuesdays"


def add(app: Flask, email: str = ANN, **given: Any) -> int:
    with app.app_context():
        person = factories.person(email=email, **given)
        db.session.commit()
        return person.id


def count(app: Flask, table: type[Person | SignIn | Message]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/me").status_code == 200
