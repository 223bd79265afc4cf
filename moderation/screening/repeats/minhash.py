"""The signature of a text: equal for the same words, alike where most words are the same. Pure.

MinHash (Broder, 1997) over the set of words, so that order does not matter. A word counts by its
length, up to four times: that sets the little words of any language aside without a list of them.
Twenty bands of four: of two comments that share two words in three (a fifth of the words replaced)
97 in 100 agree in a whole band, of unrelated ones (one word in thirty) one in ten thousand.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

# words; what is shorter is compared as a whole or not at all. Of a text of twelve, a fifth may have
# been taken out
LONG_ENOUGH = 9
DISTINCT = 6  # "ha ha ha" has no likeness
LETTERS = 25  # below, "I agree with you" is said by many who never met
BANDS, ROWS = 20, 4
VALUES = BANDS * ROWS

_WORD = re.compile(r"[^\W_]+")
# what answers a text quotes it: those are somebody else's words
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
# writing without spaces: Thai, Lao, Burmese, Khmer, Chinese, Japanese
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2,}")
_COPIES = np.array([0, 1, 1, 1, 2, 2, 3, 3, 4], np.uint8)  # by the word's length
_COPY = np.arange(4, dtype=np.uint32) * np.uint32(0x9E3779B9)

_random = np.random.Generator(np.random.PCG64(20))  # for ever: stored signatures depend on it
_FACTORS = _random.integers(0, 2**32, (VALUES, 1), np.uint32) | np.uint32(1)
_SUMMANDS = _random.integers(0, 2**32, (VALUES, 1), np.uint32)
_PLACES = np.arange(BANDS, dtype=np.uint64)
_MIX = np.uint64(0x9FB21C651E98DF25)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Signature:
    """exact: of all words in order, None if there are too few to be anybody's copy.
    minhash: VALUES numbers of 32 bits, empty below LONG_ENOUGH words.
    """

    exact: int | None = None
    minhash: bytes = b""


def signature(text: str) -> Signature:
    """text: normalised, see `screening.normal`. What it quotes counts only if it says no more."""
    words = _words(_QUOTED.sub("", text) if ">" in text else text) or _words(text)
    distinct = list(set(words))
    is_long = len(words) >= LONG_ENOUGH and len(distinct) >= DISTINCT
    return Signature(
        exact=_exact(words) if is_long or sum(map(len, words)) >= LETTERS else None,
        minhash=_minhash(distinct).tobytes() if is_long else b"",
    )


def _words(text: str) -> list[str]:
    if not text.isascii():
        text = _UNSPACED.sub(_pairs, text)
    return _WORD.findall(text)


def _pairs(found: re.Match[str]) -> str:
    """Every two neighbouring signs as a word."""
    run = found[0]
    return f" {' '.join(run[i : i + 2] for i in range(len(run) - 1))} "


def _exact(words: Sequence[str]) -> int:
    digest = blake2b(" ".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _minhash(words: Sequence[str]) -> NDArray[np.uint32]:
    """For each of VALUES orders of all words, the first one of these."""
    hashes = np.array([zlib.crc32(word.encode()) for word in words], np.uint32)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    copies = _COPIES[np.minimum(lengths, len(_COPIES) - 1)]
    counted = _mixed(
        np.concatenate([hashes[copies > copy] + _COPY[copy] for copy in range(len(_COPY))])
    )
    orders = counted * _FACTORS
    orders += _SUMMANDS
    return np.asarray(orders.min(axis=1))


def _mixed(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Every bit of a word's hash reaches every other (the last steps of MurmurHash3)."""
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x


def keys(site_id: int, minhash: bytes) -> list[int]:
    """One number of 63 bits for each band: equal if the band is, on the same site."""
    if not minhash:
        return []
    rows = np.frombuffer(minhash, np.uint32).reshape(BANDS, ROWS).astype(np.uint64)
    key = _PLACES ^ (np.uint64(site_id) << np.uint64(5))
    for place in range(ROWS):
        key = (key ^ rows[:, place]) * _MIX
        key ^= key >> _HALF
    found: list[int] = (key >> np.uint64(1)).astype(np.int64).tolist()
    return found


def likeness(mine: bytes, others: Sequence[bytes]) -> list[float]:
    """The estimated share of the words in common with each, 0 to 1; 0 where there is no telling."""
    if not mine:
        return [0.0] * len(others)
    values = np.frombuffer(mine, np.uint32)
    stored = [other if len(other) == len(mine) else bytes(len(mine)) for other in others]
    table = np.frombuffer(b"".join(stored), np.uint32).reshape(-1, VALUES)
    shares: list[float] = (np.count_nonzero(table == values, axis=1) / VALUES).tolist()
    return shares
