"""Our own cases: enough, varied, each with its twin, and not what the lists were made of."""

from collections import Counter

import pytest

from moderation.screening.normal import normalised
from moderation.screening.risk import challenge, disguise
from moderation.screening.words import service as words


def test_two_hundred_cases_with_as_many_twins() -> None:
    cases = challenge.cases()
    counts = Counter((kind, is_harm) for _, is_harm, kind in cases)
    assert set(counts) == {(k, h) for k in ("threats", "slurs") for h in (True, False)}
    assert sum(n for (_, is_harm), n in counts.items() if is_harm) >= 200
    assert sum(n for (_, is_harm), n in counts.items() if not is_harm) >= 200
    assert len({text for text, _, _ in cases}) == len(cases)


def test_threats_are_not_what_the_word_list_was_made_of() -> None:
    matcher = words.starter_matcher()
    threats = [text for text, is_harm, kind in challenge.cases() if is_harm and kind == "threats"]
    listed = sum(bool(matcher.find(normalised(text))) for text in threats)
    assert listed < len(threats) / 5


@pytest.mark.parametrize("way", list(disguise.WAYS))
def test_a_disguise_is_the_same_every_time_and_is_seen_through(way: str) -> None:
    text = "What an unpleasant remark about persons"
    said = disguise.disguised(text, way, words=frozenset(["unpleasant", "persons"]))
    assert said == disguise.disguised(text, way, words=frozenset(["unpleasant", "persons"]))
    assert "unpleasant" not in said
    assert "unpleasant" in normalised(said).text
