"""From SQLite to PostgreSQL: the same rows there, proven, or nothing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, text

from moderation.database import db
from tests import factories
from tests.conftest import _close as closed
from tests.conftest import make_app
from tests.keeping.living import contents, is_empty, killed, live, one, refused, run
from tests.parts import postgres

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# what SQLite keeps and PostgreSQL does not, or not so
ODD = {
    "a NUL": ("a\0b", "a\ufffdb"),
    "half a character in JSON": (
        r'{"a":"\ud83d","b":"\ud83d\ude42"}',
        r'{"a":"\ufffd","b":"\ud83d\ude42"}',
    ),
    "numbers": (
        '{"b": 1e22, "a": [-0.0, 1.50, 1e-7, 9223372036854775807, 2.5e300]}',
        '{"a":[0.0,1.5,1e-07,9223372036854775807,25' + "0" * 299 + '],"b":1' + "0" * 22 + "}",
    ),
    "a NUL in JSON": (r'["\u0000", "\\u0000"]', r'["\ufffd","\\u0000"]'),
}


@pytest.fixture
def there(app: Flask, empty_postgres: str) -> Iterator[Flask]:
    """The installation as it will be: the same folder, and PostgreSQL."""
    there = make_app(Path(app.instance_path), empty_postgres)
    yield there
    closed(there)


def test_everything_is_there_and_works(app: Flask, there: Flask, empty_postgres: str) -> None:
    live(app)
    before = contents(app)

    done = run(app, "move", "--to", empty_postgres)

    assert done.exit_code == 0, done.output
    assert contents(app) == before == contents(there)
    assert "MODERATION_DATABASE_URL=postgresql://" in done.output
    for table, found in before.items():
        assert f"{table} " in done.output
        assert found.partition(":")[2] in done.output
    assert run(there, "check").exit_code == 0
    reader = there.test_client()
    assert reader.get("/").status_code == 200
    factories.signed_in(there)


def test_what_postgresql_cannot_keep_is_kept_as_near_as_may_be(
    app: Flask, there: Flask, empty_postgres: str
) -> None:
    with app.app_context():
        site = factories.site().id
        factories.comment()
        run_id = 0
        for run_id, name in enumerate(ODD, 1):
            stored, _ = ODD[name]
            is_json = "JSON" in name or name == "numbers"
            db.session.execute(
                text(
                    "INSERT INTO dry_run (id, site_id, name, expression, clause_code, hold, "
                    "should_flag, should_pass, tried_as, base_version, days, state, done, total, "
                    "result, failure, created_at) VALUES (:id, :site, 'n', :text, '', 1, '[]', "
                    "'null', 'live', 0, 9223372036854775807, 'done', -9223372036854775808, 0, "
                    ":json, '', '2026-01-01 00:00:00')"
                ),
                {
                    "id": run_id,
                    "site": site,
                    "text": "" if is_json else stored,
                    "json": stored if is_json else "{}",
                },
            )
        db.session.commit()
        db.session.remove()

    done = run(app, "move", "--to", empty_postgres)

    assert done.exit_code == 0, done.output
    assert contents(app) == contents(there)
    assert one(there, "SELECT expression FROM dry_run WHERE id = 1") == ODD["a NUL"][1]
    assert (
        one(there, "SELECT created_at FROM dry_run WHERE id = 1")
        .isoformat()
        .startswith("2026-01-01T00:00:00")
    )
    for number, name in enumerate(list(ODD)[1:], 2):
        same = "SELECT result = CAST(:json AS jsonb) FROM dry_run WHERE id = :id"
        assert one(there, same, json=ODD[name][1], id=number) is True, name


def test_a_row_that_does_not_fit_is_named_and_nothing_is_there(
    app: Flask, there: Flask, empty_postgres: str
) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE site SET name = :long"), {"long": "x" * 81})
        db.session.commit()
        db.session.remove()
    said = refused(app, "move", "--to", empty_postgres)
    assert "a row of “site”" in said
    assert "too long" in said
    assert is_empty(there)


def test_not_while_somebody_has_it_open(app: Flask, empty_postgres: str) -> None:
    with sqlite3.connect(Path(app.instance_path) / "moderation.sqlite") as somebody:
        somebody.execute("SELECT count(*) FROM comment").fetchall()
        assert "Stop the service" in refused(app, "move", "--to", empty_postgres)
    somebody.close()
    assert run(app, "move", "--to", empty_postgres).exit_code == 0


def test_the_target_is_an_empty_postgresql_that_answers(
    app: Flask, empty_postgres: str, free_port: int, tmp_path: Path
) -> None:
    nobody = f"postgresql://user:secret@127.0.0.1:{free_port}/name"
    for url, sentence in (
        (f"sqlite:///{tmp_path}/other.sqlite", "not PostgreSQL"),
        ("nonsense", "like postgresql://"),
        (nobody, "does not answer"),
    ):
        said = refused(app, "move", "--to", url)
        assert sentence in said
        assert "secret" not in said
    assert run(app, "move", "--to", empty_postgres).exit_code == 0
    assert "not empty" in refused(app, "move", "--to", empty_postgres)


def test_who_owns_the_target_has_rights_enough(app: Flask, empty_postgres: str) -> None:
    live(app)
    target = make_url(empty_postgres)
    with postgres.connect(target) as server:
        server.execute("CREATE ROLE newsroom LOGIN")
        server.execute(f'ALTER DATABASE "{target.database}" OWNER TO newsroom'.encode())
    own = target.set(username="newsroom").render_as_string(hide_password=False)
    try:
        done = run(app, "move", "--to", own)
        assert done.exit_code == 0, done.output
    finally:
        with postgres.connect(target) as server:
            server.execute("REASSIGN OWNED BY newsroom TO CURRENT_USER; DROP ROLE newsroom")


def test_from_postgresql_the_way_is_another(there: Flask, empty_postgres: str) -> None:
    assert "moderation backup" in refused(there, "move", "--to", empty_postgres)


def test_killed_in_the_middle_a_second_move_succeeds(
    app: Flask, there: Flask, empty_postgres: str, environment: dict[str, str]
) -> None:
    live(app)
    before = contents(app)
    its = {**environment, "MODERATION_INSTANCE": app.instance_path}
    total = sum(int(found.partition(":")[0]) for found in before.values())
    with app.app_context():
        db.engine.dispose()
    for after in (total // 2, 2 * total + 1):
        killed("move", empty_postgres, after=after, environment=its)
        assert is_empty(there)
    assert contents(app) == before
    done = run(app, "move", "--to", empty_postgres)
    assert done.exit_code == 0, done.output
    assert contents(there) == before
