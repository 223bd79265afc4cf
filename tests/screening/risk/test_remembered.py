"""What is remembered of words changes nothing of what a model says, only how soon it says it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.screening.normal import normalised
from moderation.screening.risk import features, remembered, rows, spelling
from moderation.screening.risk.model import Model
from moderation.screening.risk.remembered import Remembered

SHIPPED = Model.shipped()
TEXTS = (
    "You are all m0r0ns, and it's your fault!!! Why? Don't ask.",
    "Muslims and Jews live here. You people …",
    "☀☀ 👍🏽 good ’twas o’clock *stars* a'b'c 1d10t 12345",
    "über café ναι да 漢字 𠀀 !?",
)


def anew(text: str) -> features.Tokens:
    return features.tokens(text)


def by_memory(text: str) -> features.Tokens:
    spots = spelling.spots(text)
    memory = Remembered(SHIPPED.weights)
    found = memory.rows([text[start:end] for start, end in spots])
    assert found is not None
    return memory.tokens(found, spots)


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_found_alike(text: str) -> None:
    same(normalised(text).text)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_words_are_found_alike_in_anything(text: str) -> None:
    same(normalised(text).text)


def same(text: str) -> None:
    wanted = anew(text)
    assert spelling.spots(text) == list(zip(wanted.starts, wanted.ends, strict=True))
    if not len(wanted):
        return
    found = by_memory(text)
    for name in ("hashes", "is_mark", "is_group", "is_you"):
        assert (getattr(found, name) == getattr(wanted, name)).all(), name


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_one_word_at_a_time_is_the_same(text: str) -> None:
    text = normalised(text).text
    for start, end in spelling.spots(text):
        one_by_one(text[start:end])


@pytest.mark.parametrize(
    "word", ["you", "muslim", "muslims", "!!", "!?", "?!", ".", "1d10t", "1234", "👍", "don’t"]
)
def test_one_word_is_the_same(word: str) -> None:
    one_by_one(word)


def one_by_one(word: str) -> None:
    wanted, found = anew(word), spelling.read(word)
    flags = (wanted.is_mark[0], wanted.is_group[0], wanted.is_you[0])
    assert (found.is_mark, found.is_group, found.is_you) == flags
    assert found.hash == int(wanted.hashes[0])
    hashes, _ = features.letters(wanted)
    assert found.letters == hashes.tolist()


@pytest.mark.parametrize("text", TEXTS)
def test_letters_bring_what_they_bring_in_the_text(text: str) -> None:
    text = normalised(text).text
    tokens = anew(text)
    hashes, of = features.letters(tokens)
    known, at = SHIPPED.weights.looked_up(hashes)
    steps = SHIPPED.weights.steps[at].T.astype(np.float64)
    wanted = np.stack([rows.summed(of[known], head, len(tokens)) for head in steps])
    memory = Remembered(SHIPPED.weights)
    found = memory.rows([text[start:end] for start, end in spelling.spots(text)])
    assert found is not None
    brought, groups = memory.letters(found)
    assert (brought == wanted).all()
    assert (groups == np.bincount(of, minlength=len(tokens))).all()


def test_a_full_memory_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 20)
    model = Model(SHIPPED.weights)
    for text in (*TEXTS, *TEXTS):
        normal = normalised(text)
        assert model.score(normal) == SHIPPED.score(normal)
