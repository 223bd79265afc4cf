"""Every statement on the hot roads finds its rows by an index, on both databases.

In a publication of some size, statements are collected while people read, hand in, report and
decide, and each is explained by the database.
"""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from moderation.articles.models import Article
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.people.roles import Role
from moderation.reading.shared import SharedPages
from tests import factories
from tests.bench import newsroom
from tests.pages import page, token
from tests.statements import counted

COMMENTS = 5000
SHORT, LONG = (f"/articles/{name}" for name, _ in (newsroom.SHORT, newsroom.LONG))
# what a publisher has a handful of, read from end to end or not
FEW = {
    "site", "policy_version", "clause", "role_limit", "word_list", "rule", "budget_bar",
    "learned_model", "phase_health", "remote_checker", "alembic_version",
}  # fmt: skip
# where PostgreSQL rightly sees nothing to gain by an index
SMALL = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < 100"
    " AND relnamespace = 'public'::regnamespace"
)
# indexes of a handful of rows, read from end to end or not
SHORT_INDEXES = {"ix_decision_undone"}
WHOLE = {"Seq Scan", "Index Scan", "Index Only Scan"}
# a table's name in a statement, quoted or not, and what it is called there
NAMED = re.compile(
    r"(?:FROM|JOIN|UPDATE|INTO|,)\s+\"?(\w+)\"?(?:\s+(?:AS\s+)?(?!ON\b|WHERE\b|SET\b|JOIN\b|LEFT\b"
    r"|CROSS\b|ORDER\b|INDEXED\b)(\w+))?"
)

Asked = tuple[str, Any]


def test_no_hot_road_goes_through_a_table(app: Flask) -> None:
    newsroom.plant(app, COMMENTS, people=20)
    seen = {statement: given for road in roads(app) for statement, given in road}
    assert len(seen) > 60
    walked = {statement: found for statement, found in walks(app, seen) if found}
    told = "\n\n".join(f"{found}\n  {statement}" for statement, found in walked.items())
    assert not walked, told


def test_a_walk_through_a_table_is_seen(app: Flask) -> None:
    newsroom.plant(app, COMMENTS, people=20)
    unindexed = "SELECT id FROM comment AS c WHERE c.created_at < '2020-01-01'"
    ((_, found),) = walks(app, {unindexed: ()})
    assert found == {"comment"}


def roads(app: Flask) -> Iterator[list[Asked]]:
    """What is asked on each road, the second time: what is built once a process is there then."""
    for road in (reading, handing_in, reporting, deciding):
        road(app)
        with counted(app) as seen:
            road(app)
        assert seen, road
        yield seen
    yield [version_question(app)]


def version_question(app: Flask) -> Asked:
    """It goes to the driver itself, unseen by `counted`."""
    repeated: Any = app.wsgi_app
    shared = repeated.inner
    assert isinstance(shared, SharedPages)
    given = {"slug": newsroom.SHORT[0], "host": "localhost"}
    question = shared._question
    places = question.positiontup
    return question.string, tuple(given[name] for name in places) if places else given


def reading(app: Flask) -> None:
    comment_id = newest(app)
    pages = [SHORT, LONG, f"{LONG}?sort=oldest", f"{LONG}?sort=discussed", f"{SHORT}/version"]
    pages += [f"{LONG}?after={comment_id}", f"{LONG}?branch={comment_id}"]
    pages += [f"/comments/{comment_id}/replies", f"{LONG}?comment={comment_id}"]
    nobody, somebody = app.test_client(), factories.signed_in(app)
    # not the page that is kept for everybody
    nobody.set_cookie("session", "x")
    for path in pages:
        for client in (nobody, somebody):
            assert client.get(path).status_code == 200, path


def handing_in(app: Flask) -> None:
    author, slug = factories.signed_in(app), newsroom.slug(1)
    form = {"csrf_token": token(author, f"/articles/{slug}"), "submission": "", "anyway": "1"}
    parent = str(newest(app, slug))
    for more in ({}, {"parent": parent}):
        body = f"You idiot, look at http://a.example and write to me: a@b.example {more}"
        answer = author.post(f"/articles/{slug}/comments", data={**form, "body": body, **more})
        assert answer.status_code == 303


def reporting(app: Flask) -> None:
    path = f"/comments/{newest(app, newsroom.slug(2))}/report"
    reporter = factories.signed_in(app)
    form = {"csrf_token": token(reporter, path), "clause": "abuse", "explanation": "Rude."}
    assert reporter.post(path, data=form).status_code == 303


def deciding(app: Flask) -> None:
    """The next case is dealt, held, decided, and taken back."""
    moderator = factories.signed_in(app, Role.MODERATOR)
    forms = page(moderator, "/review").forms
    (form,) = (form for form in forms if form["action"].endswith("/decisions"))
    here = form.pop("action").removesuffix("/decisions")
    assert moderator.post(f"{here}/lease", data=form).status_code < 400
    hide = {**form, "action": "hide", "clause": "abuse", "statement": "It insults somebody."}
    assert moderator.post(f"{here}/decisions", data=hide).status_code == 303
    undo = next(f for f in page(moderator, "/review").forms if f["action"].endswith("/undo"))
    assert moderator.post("/review/undo", data=undo).status_code == 303


def newest(app: Flask, slug: str = newsroom.LONG[0]) -> int:
    """The last published root under this article."""
    with app.app_context():
        found = select(func.max(Comment.id)).join(Article).where(Article.slug == slug)
        shown = found.where(Comment.parent_id.is_(None), Comment.status == Status.PUBLISHED)
        return db.session.scalars(shown).one() or 0


def walks(app: Flask, seen: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """(statement, the tables it goes through from end to end)."""
    with app.app_context(), db.engine.connect() as connection:
        is_sqlite, few = db.engine.dialect.name == "sqlite", set(FEW)
        if not is_sqlite:
            connection.exec_driver_sql("ANALYZE")  # else it has counted what an earlier test had
            few |= set(connection.exec_driver_sql(SMALL).scalars())
            # of tables this small an index saves little: told to look row by row and by index, what
            # it goes through from end to end all the same has no index to use
            for way in ("seqscan", "hashjoin", "mergejoin"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        for statement, several in seen.items():
            given = several[0] if isinstance(several, list) else several
            if is_sqlite:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
                yield statement, scanned(statement, [row[3] for row in rows]) - few
            else:
                rows = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given)
                yield statement, set(unindexed(rows.scalar_one()[0]["Plan"])) - few
        connection.rollback()


def scanned(statement: str, plan: list[str]) -> set[str]:
    """What SQLite says it scans, an index from end to end included, under the table's name."""
    called = {}
    for table, alias in NAMED.findall(statement):
        called[table] = called[alias or table] = table
    names = [step.split()[1] for step in plan if step.startswith("SCAN ")]
    return {called[name] for name in names if called.get(name) in db.metadata.tables}


def unindexed(node: dict[str, Any]) -> Iterator[str]:
    """The tables that PostgreSQL reads without a condition that an index answers."""
    is_short = node.get("Index Name") in SHORT_INDEXES
    if node["Node Type"] in WHOLE and "Index Cond" not in node and not is_short:
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from unindexed(below)
