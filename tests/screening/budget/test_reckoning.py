"""Thresholds that keep what is held within a share: rules first, the model what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.screening.budget.interval import wilson
from moderation.screening.budget.reckoning import HEADS, Reckoning, Seen, reckon

FLOORS = {"risk:attack": 0.9, "risk:hate": 0.8, "risk:spam": 0.9}
NOBODY: frozenset[str] = frozenset()


def attacks(*scores: float) -> list[Seen]:
    return [Seen(NOBODY, {"risk:attack": score}) for score in scores]


def test_within_the_limit_the_shipped_thresholds_stay() -> None:
    found = reckon(attacks(0.95, *[0.1] * 99), FLOORS, 5)
    assert found.bars == FLOORS
    assert found.together == pytest.approx(0.01)
    assert found.shares == {"risk:attack": 0.01}


def test_the_surest_are_held_up_to_the_limit() -> None:
    found = reckon(attacks(0.91, 0.92, 0.93, 0.94, *[0.1] * 96), FLOORS, 2)
    assert found.together == pytest.approx(0.02)
    assert found.bars["risk:attack"] == pytest.approx(0.925)
    # the others rise by the same part of the way
    assert found.bars["risk:hate"] == pytest.approx(0.85)


def test_rules_hold_first_and_the_model_gets_what_is_left() -> None:
    listed = [Seen(frozenset({"words:threats"}), {"risk:attack": 0.99}) for _ in range(3)]
    found = reckon([*listed, *attacks(0.91, 0.95, *[0.1] * 95)], FLOORS, 4)
    assert found.others == pytest.approx(0.03)
    assert found.together == pytest.approx(0.04)
    assert found.shares["words:threats"] == pytest.approx(0.03)


def test_rules_alone_above_the_limit_leave_nothing_to_the_model() -> None:
    listed = [Seen(frozenset({"rule:many-links"}), {}) for _ in range(6)]
    found = reckon([*listed, *attacks(0.99, *[0.1] * 93)], FLOORS, 5)
    assert found.bars == dict.fromkeys(FLOORS)
    assert found.together == pytest.approx(0.06)


def test_the_same_score_is_held_for_all_or_for_none() -> None:
    found = reckon(attacks(*[0.95] * 10, *[0.1] * 90), FLOORS, 5)
    assert found.together == 0
    assert found.bars["risk:attack"] is not None
    assert found.bars["risk:attack"] > 0.95
    certain = reckon(attacks(*[1.0] * 10, *[0.1] * 90), FLOORS, 5)
    assert certain.together == 0


score = st.floats(0, 1)
comment = st.builds(
    Seen,
    st.frozensets(st.sampled_from(["words:abuse", "links:spam"]), max_size=1),
    st.dictionaries(st.sampled_from(HEADS), score),
)


@given(
    seen=st.lists(comment, min_size=1, max_size=60),
    floors=st.dictionaries(st.sampled_from(HEADS), score),
    percent=st.floats(0, 100),
)
def test_whatever_was_seen_the_limit_holds(
    seen: list[Seen], floors: dict[str, float], percent: float
) -> None:
    found = reckon(seen, floors, percent)
    assert found.together <= max(percent / 100 + 1e-9, found.others)
    assert found.together == held(seen, found) / len(seen)
    for head, bar in found.bars.items():
        assert bar is None or floors[head] <= bar <= 1 + 1e-9
    assert found.bars.keys() == floors.keys()


def held(seen: list[Seen], found: Reckoning) -> int:
    """Counted as screening would."""
    return sum(
        bool(one.held_by)
        or any(bar is not None and one.scores.get(h, -1) >= bar for h, bar in found.bars.items())
        for one in seen
    )


def test_an_interval_known_from_books() -> None:
    low, high = wilson(3, 118)
    assert (round(low, 3), round(high, 3)) == (0.009, 0.072)
    assert wilson(0, 0) == (0.0, 1.0)


@given(of=st.integers(1, 10**6), part=st.floats(0, 1))
def test_an_interval_holds_its_share(of: int, part: float) -> None:
    hits = round(of * part)
    low, high = wilson(hits, of)
    assert 0 <= low <= hits / of <= high <= 1
