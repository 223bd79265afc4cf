"""What the risk model sees of a text: hashes of its words, pairs, triples and letter groups."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from moderation.screening.risk import groups

Hashes = NDArray[np.uint64]
Places = NDArray[np.intp]
Codes = NDArray[np.uint32]

STEP = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xBF58476D1CE4E5B9)
_LONGEST = 64  # letters of a word that count one by one; the rest are as one
TABLE = 0x20000  # code points beyond are no words of the languages learned
_NEAR = 5  # words to either side

ONE_KIND, MANY_KIND, YOU_KIND = range(1, 4)
_OTHER, _LETTER, _JOINT, _MARK, _PICTURE = range(5)
MARKS = ".!?\n…"
JOINTS = "'’*"
APOSTROPHE = 0x27
_SPACE = 0x20

NO_CODES: Codes = np.zeros(0, np.uint32)
# salts that keep what is hashed apart; the model in the wheel knows these numbers
_PAIR, _TRIPLE, _YOU_NEAR, _GROUP_NEAR, LETTERS = (np.uint64(n) for n in (7, 9, 17, 19, 100))


@dataclass(frozen=True, slots=True)
class Tokens:
    """n words, signs that end a sentence, and pictures, in order.

    codes: of the text; NO_CODES where nobody asks for letters. starts, ends: code points in the
    text. hashes: of each. is_mark: ends a sentence. is_group: names a group of people; all such
    words have one of two hashes. is_you: speaks to the reader.
    """

    codes: Codes
    starts: Places
    ends: Places
    hashes: Hashes
    is_mark: NDArray[np.bool_]
    is_group: NDArray[np.bool_]
    is_you: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class Grams:
    """hashes: of everything counted. tokens: the token each belongs to, not falling within a part.
    words: how many of them, from the front, are of words; the rest are of letters.
    """

    hashes: Hashes
    tokens: Places
    words: int


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code point is."""
    kinds = np.zeros(TABLE, np.uint8)
    kinds[[code for code in range(TABLE) if chr(code).isalnum()]] = _LETTER
    kinds[[ord(sign) for sign in JOINTS]] = _JOINT
    kinds[[ord(sign) for sign in MARKS]] = _MARK
    kinds[0x1F300:0x1FB00] = _PICTURE
    kinds[0x2600:0x27C0] = _PICTURE
    return kinds


def _mixed(hashes: Hashes) -> Hashes:
    mixed = hashes ^ (hashes >> np.uint64(31))
    mixed *= MIX
    mixed ^= mixed >> np.uint64(29)
    return mixed


POWERS: Hashes = np.cumprod(np.full(_LONGEST, STEP, np.uint64), dtype=np.uint64)


def hash_of(word: str) -> int:
    """Of one word in lower case, as `tokens` has it."""
    return int(_word_hashes(_codes(word), np.array([0]), np.array([len(word)]))[0])


def _codes(text: str) -> Codes:
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    codes = np.where(codes < TABLE, codes, 0)
    return np.where(codes == ord("’"), np.uint32(APOSTROPHE), codes)


def _word_hashes(codes: Codes, starts: Places, ends: Places) -> Hashes:
    """Of each stretch; none of them empty."""
    lengths = ends - starts
    first = np.cumsum(lengths) - lengths
    inside = np.arange(int(lengths.sum())) - np.repeat(first, lengths)
    letters = codes[np.repeat(starts, lengths) + inside].astype(np.uint64) + np.uint64(1)
    return _mixed(np.add.reduceat(letters * POWERS[np.minimum(inside, _LONGEST - 1)], first))


def tokens(text: str) -> Tokens:
    """The words, signs and pictures of a text in lower case."""
    codes = _codes(text)
    starts, ends, is_mark = _stretches(codes)
    if not len(starts):
        nothing = np.zeros(0, np.bool_)
        return Tokens(codes, starts, ends, np.zeros(0, np.uint64), nothing, nothing, nothing)
    codes = _lettered(codes, starts, ends)
    hashes = _word_hashes(codes, starts, np.where(is_mark, starts + 1, ends))
    hashes[is_mark & (ends - starts > 1) & (hashes == _bang())] = bangs()
    people = _of_people(hashes)
    is_one, is_many = people == ONE_KIND, people == MANY_KIND
    hashes[is_one] = group_marks()[0]
    hashes[is_many] = group_marks()[1]
    return Tokens(codes, starts, ends, hashes, is_mark, is_one | is_many, people == YOU_KIND)


def _stretches(codes: Codes) -> tuple[Places, Places, NDArray[np.bool_]]:
    """Where tokens start and end, and which of them are marks."""
    kinds = _kinds()[codes]
    is_word = kinds == _LETTER
    if len(codes) > 2:  # an apostrophe between letters is part of the word
        is_word[1:-1] |= (kinds[1:-1] == _JOINT) & is_word[:-2] & is_word[2:]
    # runs of one kind; each picture is a run of its own
    run = np.where(is_word, _LETTER, np.where(kinds == _JOINT, _OTHER, kinds))
    changes = np.ones(len(codes) + 1, np.bool_)
    changes[1:-1] = (run[1:] != run[:-1]) | (run[1:] == _PICTURE)
    edges = np.flatnonzero(changes)
    kept = run[edges[:-1]] != _OTHER
    starts, ends = edges[:-1][kept], edges[1:][kept]
    return starts, ends, run[starts] == _MARK


def _lettered(codes: Codes, starts: Places, ends: Places) -> Codes:
    """With digits read as letters in words that have both: "1d107"."""
    is_digit = digits()[np.minimum(codes, np.uint32(0x7F))] > 0
    if not is_digit.any():
        return codes
    counted = np.concatenate(([0], np.cumsum(is_digit)))
    number = counted[ends] - counted[starts]
    mixed = np.flatnonzero((number > 0) & (number < ends - starts))
    codes = codes.copy()
    for start, end in zip(starts[mixed], ends[mixed], strict=True):
        word = codes[start:end]
        codes[start:end] = np.where(is_digit[start:end], digits()[word.clip(max=0x7F)], word)
    return codes


@cache
def digits() -> Codes:
    """The letter that a digit stands for, 0 where none."""
    letters = np.zeros(0x80, np.uint32)
    for digit, letter in zip("0134578", "oieastb", strict=True):
        letters[ord(digit)] = ord(letter)
    return letters


def _of_people(hashes: Hashes) -> NDArray[np.uint8]:
    """Which words stand for one of a group, many of it, or you."""
    known, kinds = people()
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found: NDArray[np.uint8] = np.where(known[at] == hashes, kinds[at], np.uint8(0))
    return found


@cache
def people() -> tuple[Hashes, NDArray[np.uint8]]:
    """Hashes, sorted, and what each stands for."""
    kinds = {ONE_KIND: groups.ONE, MANY_KIND: groups.MANY, YOU_KIND: groups.YOU}
    pairs = sorted((hash_of(word), kind) for kind, words in kinds.items() for word in words)
    return (
        np.array([hashed for hashed, _ in pairs], np.uint64),
        np.array([kind for _, kind in pairs], np.uint8),
    )


@cache
def group_marks() -> tuple[np.uint64, np.uint64]:
    return np.uint64(hash_of("<group>")), np.uint64(hash_of("<groups>"))


def group_hashes() -> Hashes:
    """Of what stands for the name of a group: alone, and where a sentence begins with it."""
    alone = np.array(group_marks(), np.uint64)
    return np.concatenate([alone, pair(np.full(2, _stop()), alone)])


@cache
def _bang() -> np.uint64:
    return np.uint64(hash_of("!"))


@cache
def bangs() -> np.uint64:
    return np.uint64(hash_of("!!"))


@cache
def _stop() -> np.uint64:
    return np.uint64(hash_of("."))


def grams(found: Tokens) -> Grams:
    """Everything about the tokens that the model has a weight for."""
    if not len(found):
        return Grams(np.zeros(0, np.uint64), np.zeros(0, np.intp), 0)
    words, of_words = word_grams(found)
    groups, of_groups = letters(found)
    return Grams(np.concatenate([words, groups]), np.concatenate([of_words, of_groups]), len(words))


def word_grams(found: Tokens) -> tuple[Hashes, Places]:
    """All of words, and the token of each. At least one token."""
    parts = [*_words(found), _near(found, found.is_you, _YOU_NEAR)]
    parts.append(_near(found, found.is_group, _GROUP_NEAR))
    return (
        np.concatenate([hashes for hashes, _ in parts]),
        np.concatenate([places for _, places in parts]),
    )


def _words(found: Tokens) -> list[tuple[Hashes, Places]]:
    """Words, pairs and triples. Before the first word, as after any mark, stands a stop."""
    here = found.hashes
    places = np.arange(len(here))
    before = np.empty_like(here)
    before[0] = _stop()
    before[1:] = np.where(found.is_mark[:-1], _stop(), here[:-1])
    pairs = pair(before, here)
    triples = triple(before[:-1], here[:-1], here[1:])
    return [(here, places), (pairs, places), (triples, places[:-1])]


def pair(first: Hashes, second: Hashes) -> Hashes:
    """One after the other."""
    return _mixed(first * np.uint64(3) + second * np.uint64(5) + _PAIR)


def triple(first: Hashes, second: Hashes, third: Hashes) -> Hashes:
    """Three in a row."""
    return _mixed(first * np.uint64(3) + second * np.uint64(5) + third * np.uint64(11) + _TRIPLE)


def near_you(words: Hashes) -> Hashes:
    """The words, said near "you"."""
    return _mixed(words + _YOU_NEAR)


def _near(found: Tokens, whom: NDArray[np.bool_], salt: np.uint64) -> tuple[Hashes, Places]:
    """Words close to one of `whom`, as they are hashed then."""
    if not whom.any():
        return np.zeros(0, np.uint64), np.zeros(0, np.intp)
    n = len(found)
    seen = np.concatenate(([0], np.cumsum(whom)))
    places = np.arange(n)
    around = seen[np.minimum(places + _NEAR + 1, n)] - seen[np.maximum(places - _NEAR, 0)]
    close = np.flatnonzero((around > 0) & ~whom & ~found.is_mark)
    return _mixed(found.hashes[close] + salt), close


def letters(found: Tokens) -> tuple[Hashes, Places]:
    """Groups of three to five letters within a word and the blanks around it, and their tokens."""
    words = np.flatnonzero(~found.is_mark & ~found.is_group)
    if not len(words):
        return np.zeros(0, np.uint64), np.zeros(0, np.intp)
    starts, lengths = found.starts[words], found.ends[words] - found.starts[words] + 2
    first = np.cumsum(lengths) - lengths
    inside = np.arange(int(lengths.sum())) - np.repeat(first, lengths)
    at = np.repeat(starts, lengths) + inside - 1
    # before the first and after the last letter of all stands anything: a blank is put there
    signs = found.codes[np.minimum(at, len(found.codes) - 1)].astype(np.uint64)
    signs[first] = _SPACE
    signs[first + lengths - 1] = _SPACE
    of = np.repeat(words, lengths)
    grown = signs * STEP
    parts: list[tuple[Hashes, Places]] = []
    for size in range(2, min(6, len(signs) + 1)):
        grown = (grown[: len(signs) - size + 1] + signs[size - 1 :]) * STEP
        if size > 2:
            within = np.flatnonzero(of[: len(grown)] == of[size - 1 :])
            parts.append((_mixed(grown[within] + LETTERS + np.uint64(size)), of[within]))
    return (
        np.concatenate([hashes for hashes, _ in parts]),
        np.concatenate([places for _, places in parts]),
    )
