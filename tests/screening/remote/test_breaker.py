"""A checker that fails again and again is left alone, and asked again by one at a time."""

from datetime import UTC, datetime, timedelta

from moderation.screening.remote.breaker import FAILURES, FIRST_REST, LONGEST_REST, Breaker

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def broken(times: int = FAILURES) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker.failed("there", NOW)
    return breaker


def test_a_few_failures_are_nothing() -> None:
    breaker = broken(FAILURES - 1)
    assert breaker.may_ask("there", NOW)
    breaker.went_well("there")
    breaker.failed("there", NOW)
    assert breaker.may_ask("there", NOW)


def test_it_rests_and_then_one_asks() -> None:
    breaker = broken()
    assert not breaker.may_ask("there", NOW + FIRST_REST / 2)
    assert breaker.may_ask("elsewhere", NOW)
    later = NOW + FIRST_REST
    assert breaker.may_ask("there", later)
    assert not breaker.may_ask("there", later)  # somebody finds out just now
    breaker.went_well("there")
    assert breaker.may_ask("there", later)


def test_its_rests_grow_to_a_limit() -> None:
    breaker = broken(FAILURES + 50)
    assert not breaker.may_ask("there", NOW + LONGEST_REST - timedelta(seconds=1))
    assert breaker.may_ask("there", NOW + LONGEST_REST)
