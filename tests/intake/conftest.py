"""An article to write under, and somebody to write."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.database import db
from tests import factories


@pytest.fixture
def an_article(app: Flask) -> None:
    """The one that `writing.HERE` is the address of."""
    with app.app_context():
        factories.article(slug="harbour-tram", title="Trams again")
        db.session.commit()


@pytest.fixture
def author(app: Flask) -> FlaskClient:
    return factories.signed_in(app)
