"""What figures say is reckoned right, by hand on small cases."""

import math

import numpy as np
import pytest

from moderation.screening.risk.figures import Figure, auc, bootstrapped, precision_on_top, share


def test_auc_is_the_chance_that_harm_scores_above() -> None:
    harm = np.array([1.0, 1, 0, 0])
    assert auc(np.array([0.9, 0.8, 0.2, 0.1]), harm) == 1
    assert auc(np.array([0.1, 0.2, 0.8, 0.9]), harm) == 0
    # of four pairs two are right, one is a tie, one is wrong
    assert auc(np.array([0.9, 0.4, 0.6, 0.4]), harm) == pytest.approx(0.625)
    assert math.isnan(auc(np.array([0.5, 0.4]), np.array([0.0, 0.0])))


def test_a_heavier_text_counts_as_several() -> None:
    scores, harm = np.array([0.9, 0.4, 0.6]), np.array([1.0, 1, 0])
    thrice = auc(np.array([0.9, 0.4, 0.4, 0.4, 0.6]), np.array([1.0, 1, 1, 1, 0]))
    assert auc(scores, harm, np.array([1.0, 3, 1])) == pytest.approx(thrice)


def test_precision_on_top_is_at_the_base_that_is_asked_for() -> None:
    # half are harmful in the set; in the stream one in ten: each harmless text stands for nine
    scores, harm = np.array([4.0, 3, 2, 1]), np.array([1.0, 0, 1, 0])
    assert precision_on_top(0.05, 0.1)(scores, harm) == pytest.approx(1.0)
    assert precision_on_top(0.4, 0.1)(scores, harm) == pytest.approx(0.05 / 0.5)


def test_a_share_comes_with_wilsons_interval() -> None:
    found, low, high = share(np.arange(10) < 9)
    assert (found, round(low, 3), round(high, 3)) == (0.9, 0.596, 0.982)
    assert share(np.zeros(0, np.bool_)) == (0.0, 0.0, 1.0)


def test_chance_gives_the_same_interval_every_time() -> None:
    scores = np.linspace(0, 1, 50)
    harm = (np.arange(50) % 3 > 0).astype(float)
    first, again = (bootstrapped(auc, scores, harm) for _ in range(2))
    assert first == again
    assert first[1] <= first[0] <= first[2]


def test_a_figure_is_one_line_with_its_set_and_its_interval() -> None:
    line = str(Figure("attack: ROC-AUC", "a set", 1200, 0.05, 0.76, 0.7, 0.81, "≥ 0.76"))
    assert "0.760 [0.700–0.810]" in line
    assert "n=1,200, base 5.0%: a set" in line
    assert line.endswith("(goal ≥ 0.76)")
