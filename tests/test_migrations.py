"""The schema's history: up, with data; down to nothing; and in step with the models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from moderation.comments.status import Action
from moderation.database import Base, db
from moderation.migrations import service as migrations
from tests import factories


def _is_ours(thing: object, name: str | None, kind: str, *more: object) -> bool:
    return migrations.is_ours(thing, name, kind, *more) and name != "ix_log_words_words"


def test_models_and_migrations_say_the_same(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": _is_ours},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing_that_is_there(app: Flask) -> None:
    with app.app_context():
        comment = factories.comment()
        factories.report(comment)
        factories.decision(comment, Action.HIDE)
        db.session.commit()
        migrations.upgrade()
        assert migrations.is_current()
        assert factories.case_of(comment).closed_at is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_all_the_way_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        factories.comment()
        db.session.commit()
        db.session.remove()
        migrations.downgrade("base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        assert not migrations.is_current()
        migrations.upgrade()
        assert migrations.is_current()
