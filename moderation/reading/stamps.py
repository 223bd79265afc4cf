"""Has anything been committed that a kept page shows? Asked for every page, so for a few µs.

A stamp is some bytes. Who takes one, then reads the database, and later finds the same stamp, may
go on showing what was read: nothing was committed in between and acknowledged. There are two: a
file that all processes of one machine map (SQLite is always on one, PostgreSQL if ONE_HOST says
so), and Redis. PostgreSQL with neither is asked itself.
"""

import mmap
import os
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import structlog
from flask import Flask
from sqlalchemy import Engine

WIDTH = 8  # bytes of a stamp of ours
PLACES = 1 << 16  # in the file; articles that share one only cost each other a look
REDIS_PATIENCE = 0.25  # seconds
REDIS_PAUSE = 5.0  # seconds, before one that did not answer is asked again
REDIS_KEPT = 86_400  # seconds; far longer than a page is trusted

log = structlog.get_logger()


class Stamps(Protocol):
    """Where stamps come from. An article's id None stands for every page."""

    def now(self, article_id: int) -> bytes | None:
        """The stamp of this article's pages; None if the database has to be asked."""

    def moved(self, article_ids: Collection[int | None]) -> None:
        """Called when what these articles' pages show is committed, before anybody is told."""


def of(app: Flask, engine: Engine) -> Stamps:
    """What the settings of `app` ask for."""
    file = engine.url.database
    if engine.dialect.name == "sqlite":
        return _of_one_host(f"{file}-stamps") if file and file != ":memory:" else Nowhere()
    if app.config["ONE_HOST"] == "on":
        return _of_one_host(f"{app.instance_path}/stamps")
    if app.config["REDIS_URL"]:
        return OfRedis(app.config["REDIS_URL"])
    return Nowhere()


def _of_one_host(file: str) -> Stamps:
    try:
        return OfOneHost(Path(file))
    except OSError as error:  # no such folder, or no room: there are no pages either, or few
        log.warning("no file for stamps; pages are looked up in the database", why=str(error))
        return Nowhere()


class Nowhere:
    """Every page is asked for in the database."""

    def now(self, article_id: int) -> bytes | None:
        return None

    def moved(self, article_ids: Collection[int | None]) -> None:
        pass


class OfOneHost:
    """Random bytes for each article in a file that all processes of this machine map."""

    def __init__(self, file: Path) -> None:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, PLACES * WIDTH)
            if hasattr(os, "posix_fallocate"):  # macOS has no such thing
                # all of its room now: who touches a page for which there is none is killed
                os.posix_fallocate(descriptor, 0, PLACES * WIDTH)
            self._map = mmap.mmap(descriptor, PLACES * WIDTH)
        finally:
            os.close(descriptor)

    def now(self, article_id: int) -> bytes | None:
        place = _place(article_id)
        return self._map[:WIDTH] + self._map[place : place + WIDTH]

    def moved(self, article_ids: Collection[int | None]) -> None:
        for article_id in article_ids:
            place = 0 if article_id is None else _place(article_id)
            self._map[place : place + WIDTH] = os.urandom(WIDTH)


def _place(article_id: int) -> int:
    return (1 + article_id % (PLACES - 1)) * WIDTH


class OfRedis:
    """Random bytes for each article in Redis or Valkey, for several machines.

    While it does not answer, the database is asked. Who cannot tell it of a change says so in the
    log, and machines that still reach it may show the page of before for as long as a page is
    trusted without a look (`repeated.TRUSTED`).
    """

    def __init__(self, url: str) -> None:
        from redis import ConnectionPool, RedisError  # noqa: PLC0415  small machines do without
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        self._pool = ConnectionPool.from_url(
            url.replace("redis+unix://", "unix://", 1),  # as `limits` calls a socket
            socket_timeout=REDIS_PATIENCE,
            socket_connect_timeout=REDIS_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._broken = (RedisError, OSError)
        self._packer = self._connection()  # never connected
        self._idle: deque[Any] = deque()  # connections; the client's own bookkeeping costs 40 µs
        self._rests_until = 0.0
        self._questions = lru_cache(4096)(self._question)

    def now(self, article_id: int) -> bytes | None:
        if monotonic() < self._rests_until:
            return None
        try:
            every, own = self._told(self._questions(article_id))
        except self._broken as error:
            self._rest("Redis does not answer; pages are looked up in the database", error)
            return None
        return (every or b"-") + (own or b"-")

    def moved(self, article_ids: Collection[int | None]) -> None:
        if monotonic() < self._rests_until:
            return  # a writer does not wait for what is dead
        try:
            for article_id in article_ids:
                change = ("SET", _key(article_id), os.urandom(WIDTH), "EX", REDIS_KEPT)
                self._told(self._packed(*change))
        except self._broken as error:
            self._rest("Redis was not told of a change; pages elsewhere may be late", error)

    def _question(self, article_id: int) -> list[bytes]:
        return self._packed("MGET", _key(None), _key(article_id))

    def _packed(self, *words: Any) -> list[bytes]:
        packed: list[bytes] = self._packer.pack_command(*words)
        return packed

    def _told(self, packed: list[bytes]) -> Any:
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._asked(self._connection(), packed)
        with suppress(*self._broken):  # it was closed while nobody used it
            return self._asked(connection, packed)
        return self._asked(self._connection(), packed)

    def _connection(self) -> Any:
        """A new one, not yet connected. The pool would count it for ever, and refuse the 101st."""
        return self._pool.connection_class(**self._pool.connection_kwargs)

    def _asked(self, connection: Any, packed: list[bytes]) -> Any:
        try:
            connection.send_packed_command(packed, check_health=False)
            answer = connection.read_response(disable_decoding=True)
        except BaseException:
            connection.disconnect()
            raise
        self._idle.append(connection)
        return answer

    def _rest(self, what: str, error: Exception) -> None:
        self._rests_until = monotonic() + REDIS_PAUSE
        self._idle.clear()
        log.warning(what, why=str(error))


def _key(article_id: int | None) -> str:
    return f"moved:{'all' if article_id is None else article_id}"
