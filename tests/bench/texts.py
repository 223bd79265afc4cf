"""Comments to measure with: other people's where there are any, else drawn word by word."""

import json
import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from moderation.screening.phases.tongues import words_of

CIVIL = "civil_toxic_spans.dev"
WIKI = "wiki_context_gc"
WIKI_TOO = "wiki_nonfuzzed"
OTHERS = (WIKI, WIKI_TOO)
LENGTHS = (5, 12, 25, 40, 60, 90, 150)  # words, of comments of our own
MISSING = "set MODERATION_TEST_DATA to the folder of other people's texts for real ones"


def read(data: Path, name: str) -> list[str]:
    """The texts of one file, in its order."""
    with (data / f"text/{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def comments(data: Path | None, count: int) -> list[str]:
    """`count` different ones of news sites, or of our own."""
    if data is None:
        return list(_drawn(random.Random(1), _own_words(), LENGTHS, count))
    return list(dict.fromkeys(read(data, CIVIL)))[:count]


def others(data: Path | None, count: int, *, but: Sequence[str]) -> tuple[list[str], int]:
    """(`count` texts that are none of `but`, how many of them somebody wrote).

    Where real ones run out, the rest has their words and their lengths, drawn by chance.
    """
    real: list[str] = []
    if data is not None:
        given = frozenset(but)
        found = dict.fromkeys(text for name in (CIVIL, *OTHERS) for text in read(data, name))
        real = [text for text in found if text not in given][:count]
    words = [word for text in real for word in text.split()] or _own_words()
    lengths = [len(text.split()) for text in real] or LENGTHS
    rest = _drawn(random.Random(2), words, lengths, count - len(real))
    return [*real, *rest], len(real)


def ordinary(data: Path | None, count: int) -> list[str]:
    """`count` as they come to a newsroom: one in ten is from those that somebody called toxic."""
    if data is None:
        return list(_drawn(random.Random(1), _own_words(), LENGTHS, count))
    named = random.Random(4).sample(read(data, CIVIL), count // 10)
    usual = list(dict.fromkeys(text for name in OTHERS for text in read(data, name)))
    words = [word for text in usual for word in text.split()]
    missing = max(0, count - len(named) - len(usual))
    usual += _drawn(random.Random(2), words, [len(text.split()) for text in usual], missing)
    mixed = [*named, *usual[: count - len(named)]]
    random.Random(6).shuffle(mixed)
    return mixed


def _drawn(
    by: random.Random, words: Sequence[str], lengths: Sequence[int], count: int
) -> Iterator[str]:
    for _ in range(count):
        yield " ".join(by.choices(words, k=max(1, by.choice(lengths))))


@cache
def _own_words() -> list[str]:
    """English as it is spread: half of all words are few, the others many."""
    by = random.Random(3)
    small = sorted(words_of("en"))
    syllables = [a + b + c for a in "bdfgklmnprstv" for b in "aeiou" for c in ("", "n", "r", "st")]
    rare = ["".join(by.choices(syllables, k=by.randint(2, 4))) for _ in range(20_000)]
    return [*by.choices(small, k=20_000), *rare]
