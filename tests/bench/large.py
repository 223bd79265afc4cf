"""What PostgreSQL holds at ten million comments: what they take, and what everything costs then.

`make bench ARGS="--only ten-million"`: a publication of 1,000 and one of 10,000,000 comments on one
PostgreSQL with Valkey, two processes each. It takes some 30 GB of disk for half an hour or so.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from flask import Flask
from sqlalchemy import URL, text

from moderation.database import db
from moderation.keeping import filling
from tests.bench import crowd, growth, load, newsroom, reading, serving, submits, texts
from tests.bench.run import SMALL, Run
from tests.bench.serving import Server
from tests.bench.table import Figure, interleaved, show
from tests.bench.threads import CONNECTIONS, SHORT
from tests.parts import postgres, valkey

# a server whose commits are on the disk, and that fits a machine of 4 GB
SERVER = ("shared_buffers=1GB", "max_wal_size=8GB", "maintenance_work_mem=512MB",
          "effective_cache_size=3GB", "random_page_cost=1.1", "max_connections=200")  # fmt: skip
BY_TABLE = text("""
    SELECT regexp_replace(relname, '^event_.*', 'event') AS name,
           sum(pg_table_size(oid)), sum(pg_indexes_size(oid)), sum(greatest(reltuples, 0))
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    GROUP BY 1 ORDER BY sum(pg_total_relation_size(oid)) DESC LIMIT 12
""")
BY_INDEX = text("""
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace
    ORDER BY pg_relation_size(oid) DESC LIMIT 12
""")
FEW = 5  # of each page in a round
MANY = 2500  # comments that a process hands in within a second, at most


@dataclass(frozen=True)
class Place:
    """An installation: its folder and its settings."""

    instance: Path
    settings: dict[str, str]

    @property
    def app(self) -> Flask:
        return reading.opened(self.instance, **self.settings)


def measure(run: Run, comments: int) -> None:
    """Print sizes and figures."""
    at = postgres.server(run.folder, owner=os.getpid(), settings=SERVER)
    redis = valkey.server(run.folder, owner=os.getpid())
    places = {
        name: _planted(run, at, redis, name, count)
        for name, count in (("small", SMALL), ("large", comments))
    }
    for name, place in places.items():
        _tell_sizes(place, name)
    figures = _rates(run, places) + _grown(run, places, comments)
    show(figures, {})


def _planted(run: Run, at: URL, redis: str, name: str, comments: int) -> Place:
    began = time.monotonic()
    number = {"small": 1, "large": 2}[name]
    settings = {
        "DATABASE_URL": postgres.database_url(at, name),
        "REDIS_URL": f"{redis}/{number}",
        "WORKER": "on",
    }
    place = Place(run.folder / name, settings)
    app = reading.prepared(place.instance, **settings)
    with _bare(app):
        newsroom.plant(app, comments, people=run.people)
    with app.app_context():
        # only now every row is seen by all, and an index alone can answer
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        _close()
    print(f"planted {comments:,} comments in {time.monotonic() - began:,.0f} s", flush=True)
    return place


@contextmanager
def _bare(app: Flask) -> Iterator[None]:
    """Without indexes and foreign keys in here: they are made again at the end, all at once."""
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        with filling._set_aside(connection):
            connection.commit()
            yield
        connection.commit()


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


def _tell_sizes(place: Place, name: str) -> None:
    with place.app.app_context(), db.engine.connect() as connection:
        total = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
        print(f"\n{name}: {total / 1_000_000:,.0f} MB")
        for table, heap, indexes, count in connection.execute(BY_TABLE):
            print(
                f"  {table:24} {count:>12,.0f} rows {heap / 1_000_000:>10,.0f} MB "
                f"and indexes {indexes / 1_000_000:>10,.0f} MB"
            )
        for index, size in connection.execute(BY_INDEX):
            print(f"  {index:32} {size / 1_000_000:>10,.0f} MB")
        connection.rollback()
        _close()


def _rates(run: Run, places: dict[str, Place]) -> list[Figure]:
    """Answers a second at 32 connections, and what the service takes of memory under them."""
    said = texts.others(run.data, 4 * run.rounds * MANY, but=())[0]
    with ExitStack() as stack:
        measures: dict[str, Callable[[], float]] = {}
        for size, place in places.items():
            server = stack.enter_context(serving.ours(place.instance, workers=2, **place.settings))
            comments = submits.ours(run, said)
            load.once(server.port, next(comments))
            measures[f"{size}|thread of 50, kept"] = _reading(run, server)
            measures[f"{size}|handing in, screening on"] = _handing_in(run, server, comments)
            measures[f"{size}|memory, two workers"] = partial(_memory, server)
        over = interleaved(run.rounds, measures, "rates")
    units = {"memory, two workers": "MB"}
    return [
        Figure(name, units.get(name, "req/s"), over[f"large|{name}"], f"{SMALL:,}", values)
        for key, values in over.items()
        for size, _, name in [key.partition("|")]
        if size == "small"
    ]


def _memory(server: Server) -> float:
    return server.memory()[0]


def _reading(run: Run, server: Server) -> Callable[[], float]:
    asked = load.get(SHORT)
    load.drive(server.port, [asked], connections=CONNECTIONS, seconds=3)  # in both processes
    return lambda: _rate(
        load.drive(server.port, [asked], connections=CONNECTIONS, seconds=run.seconds)
    )


def _handing_in(run: Run, server: Server, comments: Iterator[bytes]) -> Callable[[], float]:
    def measured() -> float:
        sent = list(islice(comments, int(MANY * run.seconds)))
        return _rate(load.drive(server.port, sent, connections=CONNECTIONS, seconds=run.seconds))

    return measured


def _rate(done: load.Load) -> float:
    """Few answers are a figure too; errors are none."""
    if done.wrong:
        raise SystemExit(f"Of {done.done} answers {done.wrong} were errors.")
    return done.rate


def _grown(run: Run, places: dict[str, Place], comments: int) -> list[Figure]:
    """Pages one after the other, and the steps of the desk."""
    took: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:
        measures: dict[str, Callable[[], float]] = {}
        for size, place in places.items():
            server = stack.enter_context(serving.ours(place.instance, workers=2, **place.settings))
            for name, requests in _asked(run).items():
                measures[f"{size}|{name}"] = partial(_middle, server, requests)
        over = interleaved(run.rounds, measures, "growth")
    for key, values in over.items():
        size, _, name = key.partition("|")
        took.setdefault(name, {})[size] = values
    apps = {size: place.app for size, place in places.items()}
    for app in apps.values():
        with app.app_context():
            newsroom.screening_off()
            db.session.commit()
    took |= growth._desk(run, apps)
    return [
        Figure(f"{name}, {comments:,} comments", "ms", by["large"], f"{SMALL:,}", by["small"],
               growth.MOST, at_least=False)
        for name, by in took.items()
    ]  # fmt: skip


def _asked(run: Run) -> dict[str, Iterator[bytes]]:
    said = texts.others(run.data, 10_000, but=())[0]
    moderator = crowd.MODERATOR
    return {
        "thread of 50, kept": cycle([load.get(SHORT)]),
        "thread of 50, drawn for one reader": cycle([crowd.get(1, SHORT)]),
        "older thread of 100, drawn": cycle([crowd.get(1, f"/articles/{newsroom.slug(9)}")]),
        "is there something new": cycle([load.get(f"{SHORT}/version")]),
        growth.COUNTS: cycle(growth.counts()),
        "handing in, screening on": submits.ours(run, said),
        "the desk": cycle([crowd.get(moderator, "/review")]),
        "the desk's log": cycle([crowd.get(moderator, "/review/log")]),
    }


def _middle(server: Server, requests: Iterator[bytes]) -> float:
    """Milliseconds of one answer, the middle of a few."""
    return statistics.median(
        reading.timed(partial(load.once, server.port, next(requests))) / 1000 for _ in range(FEW)
    )
