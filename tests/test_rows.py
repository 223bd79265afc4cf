"""A row stored at once is stored as the ORM would have."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from moderation import rows
from moderation.articles.models import Article, Mode
from moderation.cases.models import Report, Track
from moderation.comments.models import Comment
from moderation.database import db, saved
from moderation.events.models import Event
from moderation.people.models import Person, RoleLimit
from moderation.people.roles import Role
from tests import factories
from tests.statements import counted


def flushed(row: Any) -> Any:
    """The ORM's own way."""
    db.session.add(row)
    db.session.flush()
    return row


def article(slug: str) -> Article:
    return Article(site_id=factories.site().id, slug=slug, title="Ünïcode", mode=Mode.CLOSED)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: article(f"a-{n}"),
        lambda n: Event(kind="x", facts={"id": "1", "n": None}, site_id=None),
        lambda n: Person(email=f"{n}@example.org", name="A", password_hash="", role=Role.LEAD),
    ],
)
def test_both_ways_store_the_same(context: Flask, make: Callable[[str], Any]) -> None:
    mine, theirs = make("mine"), make("theirs")
    assert rows.write(db.session(), mine)
    flushed(theirs)
    db.session.commit()
    table = inspect(type(mine)).local_table
    plain = db.session.execute(select(table).order_by(table.c.id)).mappings().all()[-2:]
    own = {"id", "slug", "email", "created_at", "updated_at", "happened_at"}
    one, other = ({k: v for k, v in row.items() if k not in own} for row in plain)
    assert one == other
    assert all(row[name] for row in plain for name in own & row.keys())


def test_a_stored_row_is_one_of_the_sessions(context: Flask) -> None:
    row = saved(article("here"))
    assert row in db.session
    assert not db.session.new
    assert not db.session.dirty
    row.title = "Another"
    db.session.commit()
    assert db.session.get_one(Article, row.id).title == "Another"


def test_it_is_one_statement_and_reading_it_is_none(app: Flask) -> None:
    with app.app_context():
        site_id = factories.site().id
        with counted(app) as seen:
            row = saved(Article(site_id=site_id, slug="here", title="Here"))
            assert (row.mode, row.version, row.mode_until) == (Mode.OPEN, 1, None)
            assert row.created_at.tzinfo is not None
        assert len(seen) == 1
        db.session.rollback()


def test_nothing_given_is_null_also_where_json_has_a_null_of_its_own(context: Flask) -> None:
    row = saved(article("here"))
    asked = text("SELECT contempt_terms IS NULL FROM article WHERE id = :id")
    assert db.session.scalar(asked, {"id": row.id}) in (1, True)


def test_whom_it_belongs_to_is_written_with_it(context: Flask) -> None:
    comment, reporter = factories.comment(), factories.person()
    report = saved(
        Report(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            track=Track.POLICY,
            clause=factories.clause(),
            reporter=reporter,
        )
    )
    db.session.expire(report)
    assert report.reporter_id == reporter.id
    assert report.clause_id == factories.clause().id


def test_what_comes_along_is_left_to_the_orm(context: Flask) -> None:
    site_id = factories.site().id
    guest = factories.person(limits=[RoleLimit(site_id=site_id)])
    db.session.commit()
    assert db.session.scalars(select(RoleLimit.person_id)).all() == [guest.id]


def test_who_is_new_too_is_left_to_the_orm(context: Flask) -> None:
    comment = factories.comment()
    nobody = Person(email="new@example.org", name="New", password_hash="")
    report = saved(
        Report(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            track=Track.POLICY,
            clause=factories.clause(),
            reporter=nobody,
        )
    )
    assert report.reporter_id == nobody.id is not None


def test_what_waits_is_stored_before(context: Flask) -> None:
    author, under = factories.person(), factories.article()
    first = Comment(article_id=under.id, author_id=author.id, root_id=1, id=1)
    db.session.add(first)
    saved(Comment(article_id=under.id, author_id=author.id, root_id=1, id=2, parent_id=1))
    db.session.commit()


def test_a_refused_row_is_in_no_session(context: Flask) -> None:
    saved(article("here"))
    again = article("here")
    with pytest.raises(IntegrityError), db.session.begin_nested():
        saved(again)
    assert again not in db.session
    db.session.commit()
    assert db.session.scalars(select(Article.slug)).all() == ["here"]
