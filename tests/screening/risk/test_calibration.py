"""What is said to be likely happens as often."""

import numpy as np
import pytest

from moderation.screening.risk import calibration
from moderation.screening.risk.calibration import Measured


def test_a_set_is_weighed_to_the_stated_share_of_harm() -> None:
    labels = np.array([1.0, 0.8, 0.3, 0.0, 0.0, 0.0])
    harm, rest = Measured(np.zeros(6), labels, ["civil"] * 6).at_base(0.1)
    assert harm.sum() == pytest.approx(0.1 * 6)
    assert harm.sum() + rest.sum() == pytest.approx(6)
    # what is disputed counts as harmless, and only so far
    assert rest[2] == pytest.approx(calibration.DISPUTED * 6)


def test_without_the_disputed_what_is_left_is_yes_or_no() -> None:
    found = Measured(np.arange(4.0), np.array([1.0, 0.4, 0.6, 0.0]), list("abcd")).clear()
    assert found.labels.tolist() == [1, 1, 0]
    assert found.sources == ["a", "c", "d"]


def test_the_slope_and_shift_behind_the_data_are_found() -> None:
    chance = np.random.default_rng(1)
    scores = chance.normal(size=4000)
    harm = (chance.random(4000) < 1 / (1 + np.exp(-(2 * scores - 1)))).astype(float)
    slope, shift = calibration._platt(scores, harm, 1 - harm)
    assert slope == pytest.approx(2, abs=0.2)
    assert shift == pytest.approx(-1, abs=0.2)
