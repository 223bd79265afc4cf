"""Read replicas of PostgreSQL draw pages, and never an old one.

The primary says at which state a page is wanted. A replica draws it only if the snapshot that it
draws from is at that very state; if it is not yet, or the replica fails, the primary draws. So a
replica may lag as it likes without anybody seeing it. One that does not answer, or lags for longer
than the setting REPLICA_LAG, is left alone for half a minute.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, current_app
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from moderation import clock, config, database
from moderation.database import db
from moderation.errors import Refused

PATIENCE = 2  # seconds to connect, and for one statement
PAUSE = timedelta(seconds=30)
BETWEEN_LOOKS = timedelta(seconds=1)
REACH: dict[str, Any] = {
    "connect_timeout": PATIENCE,
    "tcp_user_timeout": PATIENCE * 1000,
    "options": f"-c statement_timeout={PATIENCE * 1000} -c default_transaction_read_only=on",
}

# places in the log of all changes, in bytes from its beginning
_WRITTEN = text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
_REPLAYED = text("SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint")

Drawn = TypeVar("Drawn")

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Read the settings; connects to nothing yet. Refused if they make no sense together."""
    urls = str(app.config["REPLICA_URL"]).replace(",", " ").split()
    with app.app_context():
        primary = db.engine
    if urls and primary.dialect.name != "postgresql":
        raise Refused("REPLICA_URL names replicas of PostgreSQL: set DATABASE_URL too.")
    longest = timedelta(seconds=app.config["REPLICA_LAG"])
    app.extensions["replicas"] = Replicas(
        [Replica(number, url, primary, longest) for number, url in enumerate(urls, 1)]
    )


def of(app: Flask) -> "Replicas":
    return cast("Replicas", app.extensions["replicas"])


def plain_lines() -> list[str]:
    """What is wrong with each replica of this app, for whoever looks after it."""
    every = of(current_app).every
    for replica in every:
        replica.look()
    return [f"replica {one.number}: {one.trouble}" for one in every if one.trouble]


class Replica:
    """One replica as this process knows it. `trouble`: what is wrong, "" if nothing is."""

    def __init__(self, number: int, url: str, primary: Engine, longest_lag: timedelta) -> None:
        self.number = number
        self.trouble = ""
        self._engine = create_engine(
            config.database_url(url),
            pool_size=config.CONNECTIONS,
            pool_pre_ping=True,
            connect_args=REACH,
        )
        self._primary = primary
        self._longest_lag = longest_lag
        self._rests_until = self._looks_at = clock.now()
        # a place in the primary's log that it had not reached yet, and since when that is so
        self._awaited: tuple[int, datetime] | None = None

    @property
    def rests(self) -> bool:
        return clock.is_to_come(self._rests_until, now=clock.now(), within=PAUSE)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One moment of it, for as long as it takes."""
        with self._engine.connect() as opened:
            connection = opened.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def look(self) -> None:
        """See whether it answers and how long it has been behind; at most once a second."""
        now = clock.now()
        soon = clock.is_to_come(self._looks_at, now=now, within=BETWEEN_LOOKS)
        if self.rests or soon:
            return
        self._looks_at = now + BETWEEN_LOOKS
        try:
            with self._primary.connect() as connection:
                written: int = connection.scalar(_WRITTEN) or 0
            with self._engine.connect() as connection:
                replayed: int | None = connection.scalar(_REPLAYED)
        except SQLAlchemyError as error:
            self.rest(f"does not answer ({said(error)})")
            return
        if replayed is None:
            self.rest("is no replica: it takes writes itself")
            return
        self._compare(written, replayed, now)

    def _compare(self, written: int, replayed: int, now: datetime) -> None:
        if self._awaited is not None and replayed < self._awaited[0]:
            behind = now - self._awaited[1]
            if behind > self._longest_lag:
                self.rest(f"is behind by more than {behind.total_seconds():.0f} seconds")
            return
        self._awaited = (written, now) if replayed < written else None
        if self.trouble:
            self.trouble = ""
            log.info("replica is well again", replica=self.number)

    def rest(self, why: str) -> None:
        """Leave it alone for a while."""
        self._rests_until = clock.now() + PAUSE
        if not self.trouble:
            log.warning("replica is left alone", replica=self.number, why=why)
        self.trouble = why

    def close(self) -> None:
        self._engine.dispose()


class Replicas:
    """All of them; usually none."""

    def __init__(self, every: Sequence[Replica]) -> None:
        self.every = every

    def draw(
        self, render: Callable[[], Drawn], *, is_there: Callable[[Connection], bool]
    ) -> Drawn | None:
        """What `render` makes of one replica's snapshot, or None: then the primary is to be asked.

        is_there: whether a snapshot is at the state that is wanted.
        """
        ready = [replica for replica in self.every if not replica.rests]
        if not ready:
            return None
        replica = random.choice(ready)  # noqa: S311
        try:
            with replica.snapshot() as connection:
                if is_there(connection):
                    with database.read_by(connection):
                        return render()
        except SQLAlchemyError as error:
            replica.rest(f"does not answer ({said(error)})")
            return None
        replica.look()
        return None


def said(error: SQLAlchemyError) -> str:
    """The first line of what the driver said: the others may quote a row."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [""])[0]
