"""A comment to report."""

import pytest
from flask import Flask

from moderation.database import db
from tests import factories
from tests.reports.doors import WORDS


@pytest.fixture
def comment_id(app: Flask) -> int:
    with app.app_context():
        id_ = factories.comment(WORDS).id
        db.session.commit()
    return id_
