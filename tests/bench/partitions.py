"""Which tables are worth cutting in parts by time: the same publication, whole and in parts.

`make bench ARGS="--only partitions"`; PostgreSQL, a million comments, interleaved rounds.
"""

import os
import statistics
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import URL, make_url

from moderation.database import db
from tests.bench import crowd, large, newsroom, reading, working
from tests.parts import postgres

EVENTS, EVERYTHING = ("event",), ("event", "comment", "revision")
VARIANTS = {
    "whole": (1, ()),
    "events in 12": (12, EVENTS),
    "events in 24": (24, EVENTS),
    "comments too in 12": (12, EVERYTHING),
    "comments too in 24": (24, EVERYTHING),
}


def run(folder: Path, comments: int, rounds: int) -> None:
    """Print what reading and working cost with so many parts."""
    at = postgres.server(folder, owner=os.getpid(), settings=large.SERVER)
    app = reading.prepared(folder / "planted", DATABASE_URL=postgres.database_url(at, "planted"))
    newsroom.plant(app, comments, people=100)
    with app.app_context():
        newsroom.screening_off()  # the same words again and again would be held
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    apps = {
        name: reading.opened(folder / name, DATABASE_URL=_cut(at, name, parts, tables))
        for name, (parts, tables) in VARIANTS.items()
    }
    show(apps, comments, rounds)


def show(apps: dict[str, Flask], comments: int, rounds: int) -> None:
    took: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds + 1):
        for name, app in apps.items():
            for what, cost in _costs(app, comments).items():
                took.setdefault(what, {}).setdefault(name, []).append(cost)
    print(f"\n{comments:,} comments, median of {rounds}, ms")
    print(f"{'':24}" + "".join(f"{name:>20}" for name in VARIANTS))
    for what, by in took.items():
        middles = [statistics.median(by[name][1:]) for name in VARIANTS]
        print(f"  {what:22}" + "".join(f"{m:13.2f} × {m / middles[0]:.2f}" for m in middles))


def _costs(app: Flask, comments: int) -> dict[str, float]:
    """Milliseconds of each step."""
    client, nobody = _signed_in(app), app.test_client()
    nobody.set_cookie("session", "x")  # drawn, not the page that is kept
    middle = newsroom.slug(comments // newsroom.THREAD // 2)
    pages: dict[str, Callable[[], object]] = {
        "thread of 50": lambda: nobody.get(f"/articles/{newsroom.SHORT[0]}"),
        "thread in the middle": lambda: nobody.get(f"/articles/{middle}"),
        "the desk": lambda: client.get("/review"),
        "the log": lambda: client.get("/review/log"),
    }
    costs = {name: reading.timed(partial(_ok, ask)) / 1000 for name, ask in pages.items()}
    return costs | working.once(app, newsroom.slug(0))


def _ok(ask: Callable[[], object]) -> None:
    answer = ask()
    if getattr(answer, "status_code", 0) != 200:
        raise SystemExit(f"A page was answered with {answer}.")


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("session", crowd.cookie(crowd.MODERATOR))
    return client


def _cut(at: URL, name: str, parts: int, tables: tuple[str, ...]) -> str:
    """A copy of the database `planted`, with these tables in so many parts of one size."""
    name = name.replace(" ", "_")
    url = at.set(database=name).render_as_string(hide_password=False)
    with postgres.connect(at) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE planted")
        connection.execute(copy.format(sql.Identifier(name)))
    with postgres.connect(make_url(url)) as connection:
        for table in tables:
            _cut_table(connection, table, parts)
        connection.execute("ANALYZE")
    return url


def _cut_table(connection: psycopg.Connection, table: str, parts: int) -> None:
    """Without its foreign keys and unique constraints: this is about finding rows."""
    indexes = connection.execute(
        "SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexname LIKE 'ix_%%'", (table,)
    ).fetchall()
    share = [number / parts for number in range(1, parts)]
    found = connection.execute(
        f"SELECT percentile_disc(%s::float[]) WITHIN GROUP (ORDER BY id) FROM {table}", (share,)
    ).fetchone()
    bounds = ["MINVALUE", *map(str, found[0] if found else ()), "MAXVALUE"]
    connection.execute(f"ALTER TABLE {table} RENAME TO {table}_whole".encode())
    connection.execute(
        f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING DEFAULTS)"
        " PARTITION BY RANGE (id)".encode()
    )
    for number, (low, high) in enumerate(pairwise(bounds)):
        connection.execute(
            f"CREATE TABLE {table}_{number} PARTITION OF {table}"
            f" FOR VALUES FROM ({low}) TO ({high})".encode()
        )
    connection.execute(f"INSERT INTO {table} SELECT * FROM {table}_whole ORDER BY id".encode())
    connection.execute(f"DROP TABLE {table}_whole CASCADE".encode())
    connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)".encode())
    for (definition,) in indexes:
        connection.execute(definition.replace(" ON ONLY ", " ON ").encode())
