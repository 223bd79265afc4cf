"""The bytes of disk that a comment takes: handed in, screened and sealed, on both databases.

`make bench ARGS="--only disk"`
"""

import os
from itertools import cycle, islice
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from moderation.database import db
from moderation.events import seal
from moderation.intake import service as intake
from tests import factories
from tests.bench import fifty_rules, large, reading, texts
from tests.parts import postgres

COMMENTS = 3000
SQLITE = text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
# indexes under their tables
SQLITE_TABLES = text("SELECT name, tbl_name FROM sqlite_master")
POSTGRESQL = text("""
    SELECT regexp_replace(relname, '^event_.*', 'event') AS name, sum(pg_total_relation_size(oid))
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY 1
""")


def run(folder: Path, data: Path | None) -> None:
    """Print it table by table."""
    at = postgres.server(folder, owner=os.getpid(), settings=large.SERVER)
    url = postgres.database_url(at, "disk")
    apps = {
        "SQLite": reading.prepared(folder / "small"),
        "PostgreSQL": reading.prepared(folder / "outgrown", DATABASE_URL=url),
    }
    said = texts.others(data, COMMENTS, but=())[0]
    average = sum(len(one.encode()) for one in said) / len(said)
    print(f"{COMMENTS:,} comments of {average:,.0f} bytes each, screening on; bytes per comment")
    for name, app in apps.items():
        grown = _grown(app, said)
        print(f"{name:12} {sum(grown.values()):8,.0f}")
        for table, size in sorted(grown.items(), key=lambda pair: -pair[1])[:12]:
            print(f"    {table:24} {size:8,.0f}")


def _grown(app: Flask, said: list[str]) -> dict[str, float]:
    """Bytes per comment, by table with its indexes."""
    with app.app_context():
        fifty_rules.add(factories.site())
        articles = [factories.article() for _ in range(20)]
        authors = [factories.person() for _ in range(200)]
        db.session.commit()
        before = _sizes()
        for body, article, author in islice(zip(cycle(said), cycle(articles), cycle(authors),
                                                strict=False), COMMENTS):  # fmt: skip
            intake.hand_in(article, author=author, body=body)
            db.session.commit()
        while seal.seal():
            db.session.commit()
        db.session.commit()
        after = _sizes()
    return {name: (after[name] - before.get(name, 0)) / COMMENTS for name in after}


def _sizes() -> dict[str, float]:
    if db.engine.dialect.name == "postgresql":
        found = db.session.execute(POSTGRESQL).all()
        db.session.rollback()
        return {name: float(size) for name, size in found}
    under: dict[str, str] = dict(db.session.execute(SQLITE_TABLES).tuples().all())
    sizes: dict[str, float] = {}
    for name, size in db.session.execute(SQLITE):
        table = under.get(name, name)
        sizes[table] = sizes.get(table, 0) + size
    db.session.rollback()
    return sizes
