"""Counting in a window of time: in the table, in a real Valkey, and when that dies."""

import socket
import time
from datetime import timedelta

import pytest
import redis
import time_machine
from flask import Flask
from sqlalchemy import func, select

from moderation import clock
from moderation.database import db
from moderation.errors import Throttled
from moderation.people import throttle
from moderation.people.models import Throttle


def counted_rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Throttle)) or 0


def test_more_than_the_limit_is_refused_until_the_window_is_over(context: Flask) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        for _ in range(3):
            throttle.hit("door:ann", "3/minute", "Wait {wait}.")
        travel.shift(10)
        with pytest.raises(Throttled, match="Wait 50 seconds") as refused:
            throttle.hit("door:ann", "3/minute", "Wait {wait}.")
        assert refused.value.retry_after == 50
        throttle.hit("door:bob", "3/minute", "Others are not concerned.")
        throttle.hit("door:ann", "5/hour", "Nor are other limits.")
        travel.shift(51)
        throttle.hit("door:ann", "3/minute", "A new window.")


def test_what_went_well_is_forgotten(context: Flask) -> None:
    throttle.hit("door:ann", "1/minute", "No.")
    throttle.forget("door:ann", "1/minute")
    throttle.hit("door:ann", "1/minute", "No.")


def test_neither_addresses_nor_networks_are_stored(context: Flask) -> None:
    throttle.hit("sign-in:203.0.113.0/24:ann@example.org", "3/minute", "No.")
    (row,) = db.session.scalars(select(Throttle))
    for secret in ("ann", "example", "203"):
        assert secret not in row.key


def test_counts_that_are_over_are_cleared_away(context: Flask) -> None:
    throttle.hit("old", "3/minute", "No.")
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        throttle.hit("new", "3/minute", "No.")
        assert throttle.clear_away() == 1
        assert counted_rows() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("unix:", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_network_is_what_one_household_has(address: str | None, network: str) -> None:
    assert throttle.network(address) == network


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "one second"), (59, "59 seconds"), (60, "one minute"), (61, "2 minutes"),
     (3600, "one hour"), (3601, "2 hours")],
)  # fmt: skip
def test_waits_in_words(seconds: int, words: str) -> None:
    assert throttle.in_words(seconds) == words


def use_redis(app: Flask, url: str) -> None:
    app.config["REDIS_URL"] = url
    throttle.init_app(app)


def test_counts_in_redis_and_not_in_the_table(context: Flask, valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as server:
        server.flushdb()
        use_redis(context, valkey_url)
        for _ in range(2):
            throttle.hit("door:ann@example.org", "2/minute", "Wait {wait}.")
        with pytest.raises(Throttled) as refused:
            throttle.hit("door:ann@example.org", "2/minute", "Wait {wait}.")
        assert 1 <= refused.value.retry_after <= 60
        assert counted_rows() == 0
        (key,) = server.keys("*")
        assert b"ann" not in key
        throttle.forget("door:ann@example.org", "2/minute")
        throttle.hit("door:ann@example.org", "2/minute", "No.")
    context.extensions["throttle"].redis.storage.close()


def test_a_dead_redis_is_left_alone_for_half_a_minute(context: Flask, free_port: int) -> None:
    use_redis(context, f"redis://127.0.0.1:{free_port}")
    throttle.hit("door", "2/minute", "No.")
    assert counted_rows() == 1
    counters = context.extensions["throttle"]
    assert clock.now() < counters.redis_rests_until <= clock.now() + throttle.REDIS_PAUSE
    throttle.hit("door", "2/minute", "No.")
    with pytest.raises(Throttled):
        throttle.hit("door", "2/minute", "No.")


def test_a_redis_that_never_answers_slows_one_request_and_no_more(context: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_redis(context, f"redis://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        throttle.hit("door", "50/minute", "No.")
        first = time.monotonic() - began
        assert first < 2
        for _ in range(20):
            throttle.hit("door", "50/minute", "No.")
        assert time.monotonic() - began - first < throttle.REDIS_PATIENCE * 4
        context.extensions["throttle"].redis.storage.close()
