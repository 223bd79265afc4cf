"""Ids: ordered by time, never twice, readable as a time."""

from datetime import UTC, datetime, timedelta
from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from moderation import clock, ids

moments = st.datetimes(
    min_value=datetime(2000, 1, 2),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_a_later_id_is_a_larger_one_whoever_asks() -> None:
    made: list[int] = []
    threads = [Thread(target=lambda: made.extend(ids.new() for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 2000
    before = ids.new()
    assert before > max(made)


@given(moments)
def test_an_id_fits_63_bits_and_tells_its_time(moment: datetime) -> None:
    made = ids.at(moment)
    assert 0 < made < 2**63
    assert timedelta() <= moment - ids.time_of(made) < timedelta(milliseconds=1)


def test_when_the_clock_is_moved_ids_move_with_it() -> None:
    then = datetime(2011, 3, 4, 5, 6, tzinfo=UTC)
    with clock.at(then):
        assert clock.now() == then
        assert ids.time_of(ids.new()) == then
    assert clock.now() > then
