"""When a case is due: the arithmetic, with its promises."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.cases.deadlines import HELD, PUBLISHED, Alleged, due_at, evidence, precision

OPENED = datetime(2026, 5, 4, 12, tzinfo=UTC)
FOUR_HOURS = timedelta(hours=4)
precise = st.floats(0.01, 0.99)


def test_one_average_reporter_means_the_target_itself() -> None:
    assert precision(0, 0) == 0.5
    assert due_at(OPENED, [Alleged(FOUR_HOURS, [0.5])], exposure=PUBLISHED) == OPENED + FOUR_HOURS


def test_a_thousand_new_accounts_count_at_most_twice() -> None:
    assert evidence([0.5] * 1000) == pytest.approx(2)


def test_two_proven_readers_outweigh_a_thousand_new_accounts() -> None:
    proven = precision(90, 2)
    assert evidence([proven, proven]) > evidence([0.5] * 1000)


def test_what_nobody_can_see_may_wait_twice_as_long() -> None:
    held = due_at(OPENED, [Alleged(FOUR_HOURS, [0.5])], exposure=HELD)
    assert held == OPENED + 2 * FOUR_HOURS


def test_one_severe_claim_does_not_borrow_the_others_weight() -> None:
    mild = Alleged(timedelta(hours=24), [0.9] * 5)
    severe = Alleged(timedelta(hours=1), [0.5])
    assert due_at(OPENED, [mild, severe], exposure=PUBLISHED) == OPENED + timedelta(hours=1)


def test_whoever_waits_for_a_first_look_waits_no_longer_than_the_setting() -> None:
    latest = OPENED + timedelta(hours=8)
    assert due_at(OPENED, [], exposure=HELD, held_until=latest) == latest


@given(st.lists(precise, max_size=30), precise)
def test_one_more_reporter_never_weighs_less(crowd: list[float], one_more: float) -> None:
    assert 0.5 <= evidence(crowd) <= evidence([*crowd, one_more]) <= 4


@given(st.lists(precise, min_size=1, max_size=10), st.lists(precise, min_size=1, max_size=10))
def test_one_more_clause_only_ever_brings_the_deadline_nearer(
    first: list[float], second: list[float]
) -> None:
    one = [Alleged(timedelta(hours=12), first)]
    both = [*one, Alleged(timedelta(hours=4), second)]
    assert due_at(OPENED, both, exposure=PUBLISHED) <= due_at(OPENED, one, exposure=PUBLISHED)
