"""A model is learned from labelled lines, the same every time, and never from what measures."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from moderation.screening.risk import calibration
from moderation.screening.risk.figures import auc
from moderation.screening.risk.weights import HEADS, Weights
from tests.screening.risk.teaching import examples, held_out, learned


def test_a_few_lines_teach_a_model_that_separates() -> None:
    taught = examples()
    found = calibration.measured(learned(taught), "attack", held_out(taught))
    assert len(found.scores) > 20
    assert auc(found.scores, found.labels) == 1


def test_what_measures_teaches_nothing() -> None:
    """Turned round or gone, words and labels of the held-out fifth leave the model as it is."""
    taught = examples()
    kept_out = {example.text for example in held_out(taught)}
    turned = [replace(e, attack=1 - (e.attack or 0)) if e.text in kept_out else e for e in taught]
    gone = [example for example in taught if example.text not in kept_out]
    first = learned(taught)
    for others in (turned, gone):
        again = learned(others)
        assert np.array_equal(first.hashes, again.hashes)
        assert np.array_equal(first.steps, again.steps)


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        learned(examples()).write(tmp_path / f"{name}.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    weights = learned(examples())
    weights.write(tmp_path / "model.npz")
    read = Weights.read((tmp_path / "model.npz").read_bytes())
    assert np.array_equal(weights.hashes, read.hashes)
    assert np.array_equal(weights.steps, read.steps)
    assert (read.version, read.steps.shape[1]) == (weights.version, len(HEADS))
