"""What the database holds, so that a test can say that nothing was stored, and put it back."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from moderation.database import db
from tests.parts import postgres

# counts of tries: they must stay although the rest is refused
COUNTED = {"throttle"}


@dataclass
class Stored:
    """The tables of one application's database, looked at past the application."""

    app: Flask
    engine: Engine = field(init=False)
    _moment: int = -1
    _seen: dict[str, str] = field(default_factory=dict)
    _kept: Any = None
    _built: int = 0
    _put_back: int = -1

    def __post_init__(self) -> None:
        with self.app.app_context():
            self.engine = db.engine
        if self.is_sqlite:
            self._own = sqlite3.connect(str(self.engine.url.database), isolation_level=None)
        self.settle()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def settle(self) -> None:
        """What there is now is what everything is compared with."""
        moment = self._now()
        if moment != self._moment:
            self._moment, self._seen = moment, self._hashes()

    def changed(self) -> set[str]:
        """The tables that differ from when it was settled."""
        moment = self._now()
        if moment == self._moment:  # nobody has committed anything
            return set()
        before, self._moment, self._seen = self._seen, moment, self._hashes()
        return {name for name, found in self._seen.items() if found != before[name]} - COUNTED

    @contextmanager
    def nothing_stored(self, what: str) -> Iterator[None]:
        self.settle()
        yield
        assert not (changed := self.changed()), f"{what} changed {', '.join(sorted(changed))}"

    def keep(self) -> None:
        """What `put_back` brings back."""
        if self.is_sqlite:
            self._kept = sqlite3.connect(":memory:")
            self._own.backup(self._kept)
            return
        with postgres.connect(self.engine.url) as connection:
            connection.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            for table in db.metadata.tables:
                connection.execute(f'CREATE TABLE kept."{table}" AS TABLE "{table}"')

    def put_back(self) -> None:
        """As it was, if anybody has committed; what processes keep of a site is built anew."""
        if self._now() == self._moment and self._moment == self._put_back:
            return
        if self.is_sqlite:
            self._kept.backup(self._own)
        else:
            both = 'DELETE FROM "{0}"; INSERT INTO "{0}" TABLE kept."{0}"'
            steps = [both.format(table) for table in db.metadata.tables]
            with postgres.connect(self.engine.url) as connection:
                connection.execute(f"SET session_replication_role = replica; {'; '.join(steps)}")
        self._built += 1000
        with self.engine.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE site SET version = {self._built}, screening_version = {self._built}"
            )
        self.settle()
        self._put_back = self._moment

    def close(self) -> None:
        if self.is_sqlite:
            self._own.close()
            if self._kept:
                self._kept.close()
            return
        with postgres.connect(self.engine.url) as connection:
            connection.execute("DROP SCHEMA IF EXISTS kept CASCADE")

    def _now(self) -> int:
        """Another number once anybody has committed."""
        if self.is_sqlite:
            return int(self._own.execute("PRAGMA data_version").fetchone()[0])
        with self.engine.connect() as connection:
            asked = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
            return int(connection.exec_driver_sql(asked).scalar_one())

    def _hashes(self) -> dict[str, str]:
        found = {}
        with self.engine.connect() as connection:
            for table in db.metadata.tables:
                rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()
                text = "\n".join(sorted(map(repr, rows)))
                found[table] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
            connection.rollback()
        return found
