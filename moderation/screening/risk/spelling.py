"""One word at a time, as `features` reads many: for the few words of a comment that are new.

To call NumPy for one word takes longer than to read it. Plain whole numbers of 64 bits.
"""

import re
from dataclasses import dataclass
from functools import cache

from moderation.screening.risk import features

_ALL = 2**64 - 1
_STEP, _MIX, _LETTERS = (int(n) for n in (features.STEP, features.MIX, features.LETTERS))
_POWERS = [int(power) for power in features.POWERS]
_SIZES = (3, 4, 5)  # of the groups of letters
_PICTURES = r"\u2600-\u27bf\U0001f300-\U0001faff"
_WORDS = rf"[^\W_{_PICTURES}\U00020000-\U0010ffff]+"
_SPOTS = re.compile(rf"{_WORDS}(?:[{features.JOINTS}]{_WORDS})*|[{features.MARKS}]+|[{_PICTURES}]")


@dataclass(frozen=True, slots=True)
class Word:
    """hash: as in `features.Tokens`. letters: hashes of its groups of letters."""

    hash: int
    is_mark: bool
    is_group: bool
    is_you: bool
    letters: list[int]


def spots(text: str) -> list[tuple[int, int]]:
    """Where each token of `features.tokens` starts and ends."""
    return [match.span() for match in _SPOTS.finditer(text)]


def read(word: str) -> Word:
    """A token of `spots`."""
    codes = _codes(word)
    if word[0] in features.MARKS:
        return Word(_mark(word, codes), is_mark=True, is_group=False, is_you=False, letters=[])
    hashed = _hash(codes)
    kind = _people().get(hashed, 0)
    if kind in _group_marks():
        mark = _group_marks()[kind]
        return Word(mark, is_mark=False, is_group=True, is_you=False, letters=[])
    is_you = kind == features.YOU_KIND
    return Word(hashed, is_mark=False, is_group=False, is_you=is_you, letters=_letters(codes))


def _codes(word: str) -> list[int]:
    codes = [_code(sign) for sign in word]
    digits = _digits()
    found = [digits.get(code, 0) for code in codes]
    if 0 < len(found) - found.count(0) < len(codes):
        codes = [letter or code for letter, code in zip(found, codes, strict=True)]
    return codes


def _code(sign: str) -> int:
    code = features.APOSTROPHE if sign == "’" else ord(sign)
    return code if code < features.TABLE else 0


def _mark(word: str, codes: list[int]) -> int:
    return int(features.bangs()) if len(word) > 1 and word[0] == "!" else _hash(codes[:1])


def _hash(codes: list[int]) -> int:
    last = len(_POWERS) - 1
    return _mixed(sum((code + 1) * _POWERS[min(i, last)] for i, code in enumerate(codes)) & _ALL)


def _letters(codes: list[int]) -> list[int]:
    signs = [32, *codes, 32]
    grown = [sign * _STEP & _ALL for sign in signs]
    found = []
    for size in range(2, _SIZES[-1] + 1):
        rest = signs[size - 1 :]
        grown = [(before + sign) * _STEP & _ALL for before, sign in zip(grown, rest, strict=False)]
        if size in _SIZES:
            found += [_mixed((one + _LETTERS + size) & _ALL) for one in grown]
    return found


def _mixed(number: int) -> int:
    number ^= number >> 31
    number = number * _MIX & _ALL
    return number ^ (number >> 29)


@cache
def _digits() -> dict[int, int]:
    return {code: int(letter) for code, letter in enumerate(features.digits()) if letter}


@cache
def _people() -> dict[int, int]:
    hashes, kinds = features.people()
    return dict(zip(hashes.tolist(), kinds.tolist(), strict=True))


@cache
def _group_marks() -> dict[int, int]:
    one, many = features.group_marks()
    return {features.ONE_KIND: int(one), features.MANY_KIND: int(many)}
