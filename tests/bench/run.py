"""One run of the bench: how long it takes its time, and the publications it is about."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url

from moderation.database import db
from tests.bench import newsroom, reading
from tests.parts import postgres, valkey

SMALL = 1_000  # comments


@dataclass(frozen=True)
class Run:
    """folder: for everything that is made. large: comments in the large publication.

    seconds: one measure takes; people: in each crowd; storm: reports in `storm_seconds`.
    """

    folder: Path
    data: Path | None
    rounds: int = 15
    seconds: float = 1.0
    large: int = 1_000_000
    people: int = 12_000
    storm: int = 10_000
    storm_seconds: float = 60.0

    def planted(self, comments: int) -> Path:
        """The instance folder of a publication of that size; planted by the first who asks."""
        made = self.folder / f"planted-{comments}"
        if not made.exists():
            app = reading.prepared(made)
            newsroom.plant(app, comments, people=self.people)
            _close(app)
        return made

    def copy(self, name: str, comments: int = SMALL) -> Path:
        """A publication of one's own, to write in."""
        there = self.folder / name
        there.mkdir()
        file = "moderation.sqlite"
        with closing(sqlite3.connect(self.planted(comments) / file)) as connection:
            connection.execute("VACUUM INTO ?", (str(there / file),))
        return there

    def empty(self, name: str) -> Path:
        """A folder for an instance whose data lies elsewhere."""
        there = self.folder / name
        there.mkdir()
        return there

    def changed(self, instance: Path, change: Callable[[], None]) -> Path:
        """The same, changed and committed."""
        app = reading.opened(instance)
        with app.app_context():
            change()
            db.session.commit()
        _close(app)
        return instance

    def outgrown(self) -> dict[str, str]:
        """Settings for a small publication on PostgreSQL and Valkey, planted."""
        at = postgres.server(self.folder, owner=os.getpid())
        url = postgres.database_url(make_url(at), "bench")
        app = reading.prepared(self.folder / "planting", DATABASE_URL=url)
        newsroom.plant(app, SMALL, people=100)
        _close(app)
        shutil.rmtree(self.folder / "planting", ignore_errors=True)
        redis = valkey.server(self.folder, owner=os.getpid())
        return {"DATABASE_URL": url, "REDIS_URL": redis, "WORKER": "on"}


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def quick(folder: Path, data: Path | None, **given: int) -> Run:
    """To see that it works; its figures are rough."""
    rough = Run(folder, data, rounds=3, seconds=1.0, large=10_000, people=2000, storm=500,
                storm_seconds=6.0)  # fmt: skip
    return replace(rough, **given)  # type: ignore[arg-type]
