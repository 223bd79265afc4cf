"""Texts written as people write them who know that a machine reads along. For measuring."""

import random
import re
from collections.abc import Callable, Mapping

_WORD = re.compile(r"[^\W\d_]{3,}")
_LEET = str.maketrans("aeiost", "431057")
_LIKE = str.maketrans(
    "aceopxyi",
    "\N{CYRILLIC SMALL LETTER A}\N{CYRILLIC SMALL LETTER ES}\N{CYRILLIC SMALL LETTER IE}"
    "\N{CYRILLIC SMALL LETTER O}\N{CYRILLIC SMALL LETTER ER}\N{CYRILLIC SMALL LETTER HA}"
    "\N{CYRILLIC SMALL LETTER U}\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}",
)
_UNSEEN = "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{SOFT HYPHEN}\N{WORD JOINER}"
SHARE = 0.4  # of the words; a text disguised throughout is rare, and plain to see


def _leet(word: str, _: random.Random) -> str:
    return word.translate(_LEET)


def _look_alikes(word: str, chance: random.Random) -> str:
    """Not every letter: a word wholly of another alphabet is another language."""
    likely = [place for place, letter in enumerate(word) if ord(letter.translate(_LIKE)) > 0x7F]
    chosen = set(chance.sample(likely, max(1, len(likely) // 2))) if likely else set()
    return "".join(c.translate(_LIKE) if i in chosen else c for i, c in enumerate(word))


def _unseen(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word))
    return word[:place] + chance.choice(_UNSEEN) + word[place:]


def _spaced(word: str, chance: random.Random) -> str:
    """Words of four letters and more: of fewer, nobody can tell. Wider blanks part the words."""
    if len(word) < 4:
        return word
    gap = chance.choice((" ", ".", "-"))
    return f" {gap.join(word)} "


WAYS: Mapping[str, Callable[[str, random.Random], str]] = {
    "leet": _leet,
    "look-alikes": _look_alikes,
    "invisible": _unseen,
    "spaced": _spaced,
}


def disguised(text: str, way: str, *, words: frozenset[str] = frozenset()) -> str:
    """The text with its telling words, given in lower case, and others by chance, disguised.

    Always the same for the same text.
    """
    chance = random.Random(text)  # noqa: S311 nothing secret
    change = WAYS[way]

    def written(found: re.Match[str]) -> str:
        word = found[0]
        if word.lower() in words or chance.random() < SHARE:
            return change(word, chance)
        return word

    return _WORD.sub(written, text)
