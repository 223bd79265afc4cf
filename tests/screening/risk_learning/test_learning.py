"""What decisions teach, as numbers: better where there is a habit, and nothing beside it moves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from moderation import clock
from moderation.screening.normal import normalised
from moderation.screening.risk import correcting, features, learning, rows
from moderation.screening.risk.comparing import Compared, Outcome
from moderation.screening.risk.correcting import Lesson
from moderation.screening.risk.learning import Decided, Learned
from moderation.screening.risk.model import Model
from moderation.screening.risk.weights import HEADS, Weights, shortened
from tests.screening.risk_learning.newsroom import UNWANTED, Said, by_chance, weeks

SHIPPED = Model.shipped().weights


def decided(said: Said, head: str = "attack", counts: float = 1.0) -> list[Decided]:
    begin = clock.now()
    return [
        Decided(number, begin + timedelta(hours=number), head if is_hidden else None, counts)
        for number, (_, is_hidden) in enumerate(said)
    ]


def learned(said: Said, head: str = "attack") -> Learned:
    texts = correcting.read([text for text, _ in said], SHIPPED)
    return learning.learn(SHIPPED, decided(said, head), texts)


def score(weights: Weights, head: str, text: str) -> float:
    return Model(weights).score(normalised(text))[head].probability


@pytest.fixture(scope="module")
def cricket() -> Learned:
    return learned(weeks())


def test_a_habit_of_the_newsroom_is_learned(cricket: Learned) -> None:
    found = cricket.heads["attack"]
    assert found.outcome is Outcome.BETTER
    assert found.taught == (420, 70)
    assert found.measured == (180, 30)
    assert found.shipped is not None
    assert found.learned is not None
    assert found.gain is not None
    assert found.learned.value > 0.95 > found.shipped.value
    assert found.shipped.low <= found.shipped.value <= found.shipped.high
    assert found.gain.low > 0
    assert cricket.weights is not None
    text = f"The {UNWANTED} match at the station again."
    assert score(cricket.weights, "attack", text) > score(SHIPPED, "attack", text)


def test_what_it_shipped_with_is_not_forgotten(cricket: Learned) -> None:
    assert cricket.weights is not None
    for text in ("You are a stupid idiot.", "Thank you for this article, I learned a lot."):
        assert score(cricket.weights, "attack", text) == pytest.approx(
            score(SHIPPED, "attack", text), abs=0.12
        )


def test_a_head_that_was_not_taught_stays_to_the_bit(cricket: Learned) -> None:
    assert cricket.weights is not None
    for head in ("hate", "spam"):
        assert cricket.heads[head].outcome is Outcome.TOO_FEW
        number = HEADS.index(head)
        assert (cricket.weights.steps[:, number] == SHIPPED.steps[:, number]).all()
        assert score(cricket.weights, head, "Buy it now at") == score(
            SHIPPED, head, "Buy it now at"
        )


def test_on_the_whole_it_says_as_much_as_before(cricket: Learned) -> None:
    assert cricket.weights is not None
    texts = correcting.read([text for text, _ in weeks()], SHIPPED)
    said = [
        float(np.mean(1 / (1 + np.exp(-correcting.logits(weights, 0, texts)))))
        for weights in (SHIPPED, cricket.weights)
    ]
    assert said[1] == pytest.approx(said[0], abs=0.02)


def test_it_takes_decisions_and_restrictions() -> None:
    assert learning.is_enough(decided(weeks(500, every=10)))
    assert not learning.is_enough(decided(weeks(499, every=9)))
    assert not learning.is_enough(decided(weeks(600, every=13)))


def test_chance_is_not_learned() -> None:
    found = learned(by_chance())
    assert found.heads["attack"].outcome is Outcome.NOT_BETTER
    assert found.weights is None


def test_what_was_restricted_for_another_reason_is_no_example() -> None:
    said = weeks()
    mixed = [
        replace(one, head="spam") if one.head and number % 12 == 0 else one
        for number, one in enumerate(decided(said))
    ]
    texts = correcting.read([text for text, _ in said], SHIPPED)
    found = learning.learn(SHIPPED, mixed, texts).heads
    assert found["attack"].taught == (385, 35)
    assert found["spam"].taught == (385, 35)


def test_the_name_of_a_group_never_weighs() -> None:
    said = [(text.replace(UNWANTED, "muslims"), is_hidden) for text, is_hidden in weeks()]
    weights = learned(said).weights
    found = weights or correcting.corrected(SHIPPED, 0, lesson(said))
    of_groups = np.isin(found.hashes, shortened(features.group_hashes()))
    assert not found.steps[of_groups].any()
    before, after = (Model(each).scores("muslims")[0] for each in (SHIPPED, found))
    assert after == pytest.approx(before)


def lesson(said: Said) -> Lesson:
    texts = correcting.read([text for text, _ in said], SHIPPED)
    return Lesson(texts, np.array([float(h) for _, h in said]), np.ones(len(said)))


def test_a_decision_counts_as_much_as_it_should() -> None:
    said = weeks(120)
    texts = correcting.read([text for text, _ in said], SHIPPED)
    labels = np.array([float(is_hidden) for _, is_hidden in said])
    moved = [
        np.abs(_change(Lesson(texts, labels, np.full(len(said), counts)))).sum()
        for counts in (learning.BY_MACHINE, 1.0, learning.DRAWN)
    ]
    assert moved[0] < moved[1] < moved[2]


def _change(taught: Lesson) -> rows.Floats:
    after = correcting.corrected(SHIPPED, 0, taught)
    change: rows.Floats = (
        after.steps[:, 0] * after.scales[0] - SHIPPED.steps[:, 0] * SHIPPED.scales[0]
    )
    return change


TEXTS: Sequence[str] = (
    "",
    "…",
    "You are wrong. You know nothing about it, and you never will! What a clown you are, really.",
    "The bridge is closed. Nobody told us why it had to be in winter.",
)


def test_it_reads_texts_as_the_model_does() -> None:
    texts = correcting.joined([correcting.read([text], SHIPPED) for text in TEXTS])
    model = Model(SHIPPED)
    for number, head in enumerate(HEADS):
        said = 1 / (1 + np.exp(-correcting.logits(SHIPPED, number, texts)))
        by_model = [model.score(normalised(text))[head].probability for text in TEXTS]
        assert said == pytest.approx(by_model, abs=1e-5)


def test_figures_are_stored_as_they_are(cricket: Learned) -> None:
    for found in cricket.heads.values():
        assert Compared.from_stored(found.to_stored()) == found
