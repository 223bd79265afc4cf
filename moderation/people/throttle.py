"""How often something may happen in a window of time, counted in Redis or in the database.

A Redis that does not answer is left alone for half a minute, and the table counts meanwhile.
Counts in the table are part of the transaction: whoever wants one kept although the rest fails
commits right after `hit`.
"""

import hmac
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, NamedTuple, NoReturn, TypeVar, cast

import structlog
from flask import Flask, current_app
from limits import parse
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import delete

from moderation import clock
from moderation.database import db
from moderation.errors import Throttled
from moderation.people.counting import TableStorage
from moderation.people.models import Throttle

REDIS_PATIENCE = 0.25  # seconds
REDIS_PAUSE = timedelta(seconds=30)

Result = TypeVar("Result")

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Choose where to count; connects to nothing yet."""
    url = app.config["REDIS_URL"]
    app.extensions["throttle"] = _Counters(_redis(url) if url else None)


def hit(key: str, limit: str, sentence: str) -> None:
    """Count one more `key`; raise Throttled(sentence) if that is more than `limit`.

    key: what is counted, such as "sign-up:203.0.113.0/24"; stored only as a keyed hash.
    limit: such as "5/minute" or "20 per 10 minutes"; sentence: {wait} becomes the time to wait.
    """
    item, keyed = _parsed(limit), _keyed(key)

    def count(limiter: FixedWindowRateLimiter) -> float | None:
        if limiter.hit(item, keyed):
            return None
        return limiter.get_window_stats(item, keyed).reset_time - clock.now().timestamp()

    wait = _counters().run(count)
    if wait is not None:
        _refuse(sentence, wait)


class Limit(NamedTuple):
    """As `hit` takes them."""

    key: str
    limit: str
    sentence: str


def hit_all(limits: Sequence[Limit]) -> list[int]:
    """Count one more of each, in one go; how often each has been, with this one.

    Raises Throttled for the first that is too often.
    """
    windows = _windows(limits)
    counts = _counters().run(lambda limiter: _count(limiter.storage, windows))
    _judge(limits, counts, more=0)
    return counts


def check_all(limits: Sequence[Limit]) -> list[int]:
    """How often each has been, counting nothing. Throttled if one more would be too often."""
    windows = _windows(limits)
    counts = _counters().run(lambda limiter: _counted(limiter.storage, windows))
    _judge(limits, counts, more=1)
    return counts


def _windows(limits: Sequence[Limit]) -> list[tuple[str, int]]:
    """What each is counted as, and for how many seconds."""
    items = [_parsed(one.limit) for one in limits]
    return [
        (item.key_for(_keyed(one.key)), item.get_expiry())
        for item, one in zip(items, limits, strict=True)
    ]


def _judge(limits: Sequence[Limit], counts: Sequence[int], *, more: int) -> None:
    for one, count in zip(limits, counts, strict=True):
        item = _parsed(one.limit)
        if count + more > item.amount:
            ends = _ends(item.key_for(_keyed(one.key)))
            _refuse(one.sentence, ends - clock.now().timestamp())


def _counted(storage: Storage, windows: Sequence[tuple[str, int]]) -> list[int]:
    if isinstance(storage, TableStorage):
        return storage.get_all(windows)
    return [storage.get(name) for name, _ in windows]


def _count(storage: Storage, windows: Sequence[tuple[str, int]]) -> list[int]:
    if isinstance(storage, TableStorage):
        return storage.incr_all(windows)
    return [storage.incr(name, seconds) for name, seconds in windows]


def _ends(name: str) -> float:
    return _counters().run(lambda limiter: limiter.storage.get_expiry(name))


def _refuse(sentence: str, wait: float) -> NoReturn:
    seconds = max(1, ceil(wait))
    raise Throttled(sentence.replace("{wait}", in_words(seconds)), retry_after=seconds)


def forget(key: str, limit: str) -> None:
    """Start counting `key` anew, because it went well. limit: the one it is counted against."""
    item, keyed = _parsed(limit), _keyed(key)
    _counters().run(lambda limiter: limiter.clear(item, keyed))


def redis_answers() -> bool | None:
    """Whether Redis answers now; None if we count without one."""
    redis = _counters().redis
    return None if redis is None else redis.check()


def redis_rests() -> bool:
    """Whether this process leaves Redis alone, because it did not answer lately."""
    return _counters().redis_rests


_parsed = cache(parse)


def network(address: str | None) -> str:
    """The network a request comes from: /24, or /64 for IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return str(ip_network((found, 24 if found.version == 4 else 64), strict=False))


def in_words(seconds: int) -> str:
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds > size:
            return f"{ceil(seconds / size)} {unit}s"
        if seconds == size:
            return f"one {unit}"
    return "one second" if seconds == 1 else f"{seconds} seconds"


def clear_away() -> int:
    """Drop counts whose window is over; how many. The caller commits."""
    over = db.session.execute(delete(Throttle).where(Throttle.expires_at <= clock.now()))
    return cast("Any", over).rowcount or 0


def _keyed(key: str) -> str:
    """Neither addresses nor networks are kept where they are counted."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, b"throttle:" + key.encode("utf-8", "replace"), sha256).hexdigest()


def _counters() -> "_Counters":
    return cast("_Counters", current_app.extensions["throttle"])


class _Counters:
    """Redis as long as it answers, else the table."""

    def __init__(self, redis: Storage | None) -> None:
        self.redis = redis
        self.redis_rests_until = clock.now()

    @property
    def redis_rests(self) -> bool:
        now = clock.now()
        return clock.is_to_come(self.redis_rests_until, now=now, within=REDIS_PAUSE)

    def run(self, job: Callable[[FixedWindowRateLimiter], Result]) -> Result:
        if self.redis is not None and not self.redis_rests:
            try:
                return job(FixedWindowRateLimiter(self.redis))
            except self.redis.base_exceptions as error:
                self.redis_rests_until = clock.now() + REDIS_PAUSE
                log.warning("Redis does not answer; counting in the database", why=str(error))
        return job(FixedWindowRateLimiter(TableStorage()))


def _redis(url: str) -> Storage:
    """Imported only where it is used, so that a small machine does not carry it."""
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    patience: dict[str, Any] = {
        "socket_timeout": REDIS_PATIENCE,
        "socket_connect_timeout": REDIS_PATIENCE,
        "retry": Retry(NoBackoff(), 0),
    }
    return cast("Storage", storage_from_string(url, **patience))
