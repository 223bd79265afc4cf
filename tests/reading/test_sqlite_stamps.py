"""SQLite says by itself that something was committed, and by whomever."""

from pathlib import Path

import pytest
from flask import Flask

from moderation.database import db
from moderation.reading.stamps import Nowhere, OfSqlite
from tests import factories
from tests.conftest import make_app


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_counts_what_another_program_commits(app: Flask) -> None:
    with app.app_context():
        found = OfSqlite(db.engine)
        before = found.now(1)
        assert before is not None
        other = make_app(Path(app.instance_path))
        with other.app_context():
            factories.article()
            db.session.commit()
            db.engine.dispose()
        assert found.now(1) != before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_that_is_closed_is_opened_again(app: Flask) -> None:
    with app.app_context():
        found = OfSqlite(db.engine)
        assert found.now(1) is not None
        db.engine.dispose()
        before = found.now(1)
        factories.article()
        db.session.commit()
        assert found.now(1) != before
        db.engine.dispose()


def test_where_the_stamps_are_is_a_matter_of_settings(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            assert isinstance(app.extensions["stamps"], OfSqlite)
        else:
            assert isinstance(app.extensions["stamps"], Nowhere)
