"""The normaliser: a copy of the text for matching and scoring, and the way back to the original.

Each step rewrites stretches of the copy and carries along where every code point stood. What is
ordinary is left alone: numbers, prices, addresses, words of other alphabets.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from moderation.screening.lookalikes import TO_LATIN
from moderation.screening.verdict import Span

HIDDEN = "hidden characters"
LOOKALIKES = "look-alike letters"
SPACED = "spaced-out letters"
SIGNS = "signs for letters"
STRETCHED = "stretched words"

_SIGN_LETTERS = str.maketrans("013457@$!|+€", "oieastasiite")
_SIGN = "013457@$!|+€"
_EITHER = "1!|"
# a sign between letters, letters between signs, or the few words that begin or end with one
_SIGNED = re.compile(
    rf"[^\W\d_][{re.escape(_SIGN)}]+[^\W\d_]|(?<!\w)[013457][^\W\d_]+[013457]"
    r"|\b[a@]\$\$|(?<!\S)(?:[@$]|0)[^\W\d_]{2}"
)
_TOKEN = re.compile(r"\S+")
_ADDRESS = re.compile(r"://|^www\.|[^\s@]@[^\s@.]+\.|^[#/]|\.[a-z]{2,6}(/|$)", re.IGNORECASE)
_ORDINARY = re.compile(
    r"(?!0[a-z]{2})\d+([.,:]\d+)*([a-z]{1,3})?|[a-z]{1,3}\d{1,3}s?|[@#]\w{6,}|\d+[xvdkmp]\d+|\d{1,2}h\d{2}",
    re.IGNORECASE,
)
_EDGES = ".,;:?\"'()[]{}<>*_~`“”‘’…-–"  # noqa: RUF001
_LETTER = f"[a-z{re.escape(_SIGN)}]"
# four or more single letters (or signs for them) with the same gap between them
_SPACED = re.compile(
    rf"(?<![^\W_]){_LETTER}( {{1,2}}|[.*_\-|/·,~]){_LETTER}(?![^\W_])"
    rf"(?:\1{_LETTER}(?![^\W_])){{2,}}"
)
_STRETCHED = re.compile(r"(?!www\.)([^\W\d_])\1{2,}")
# how the Unicode data calls letters drawn in another way
_DRAWN = ("<font>", "<wide>", "<circle>", "<square>", "<super>", "<sub>")
MOST_PARTS = 8  # of one sign
_HANGUL_FILLERS = "\u115f\u1160\u3164\uffa0"
# letters of the alphabets whose writing needs joiners and marks of direction
_JOINING = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u18af]")

Step = tuple[int, int, str, Sequence[int]]  # start, end, what stands there now, whence


@dataclass(frozen=True, slots=True)
class Normal:
    """text: lower case, repaired. places: for each code point of `text` where it stood in the
    original. repairs: what had to be repaired, such as "hidden characters".
    """

    original: str
    text: str
    places: Sequence[int]
    repairs: frozenset[str] = frozenset()

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original behind `text[start:end]`."""
        if start >= end:
            return Span(0, 0)
        return Span(self.places[start], self.places[end - 1] + 1)

    def otherwise(self) -> "Normal":
        """With signs that stand for i as well as for l read the other way: "gui1ty" → "guilty"."""
        text = "".join(
            "l" if sign == "i" and self.original[place] in _EITHER else sign
            for sign, place in zip(self.text, self.places, strict=True)
        )
        return Normal(self.original, text, self.places, self.repairs)

    def squeezed(self) -> "Normal":
        """With stretched letters once instead of twice: "idioot" → "idiot", and "good" → "god"."""
        text, places = _rewritten(self.text, self.places, _once(self.text))
        return Normal(self.original, text, places, self.repairs)


def normalised(original: str) -> Normal:
    """The text as it is meant to be read. Linear in its length."""
    repairs: set[str] = set()
    whole: Sequence[int] = range(len(original))
    if original.isascii():
        text, places = original.lower(), whole
    else:
        text, places = _plain(original, repairs)
    steps: Iterable[tuple[str, re.Pattern[str], Callable[[str], Iterator[Step]]]] = (
        (SPACED, _SPACED, _joined),
        (SIGNS, _SIGNED, _lettered),
        (STRETCHED, _STRETCHED, _shortened),
    )
    for name, wanted, repair in steps:
        if wanted.search(text):
            before = text
            text, places = _rewritten(text, places, repair(text))
            if text != before:
                repairs.add(name)
    return Normal(original, text, places, frozenset(repairs))


def _plain(original: str, repairs: set[str]) -> tuple[str, Sequence[int]]:
    """Hidden characters gone, compatible forms plain, accents off Latin letters, lower case."""
    letters: list[str] = []
    places: list[int] = []
    base = ""
    needs_joiners = _JOINING.search(original) is not None
    for place, sign in enumerate(original):
        if _is_hidden(sign):
            if not needs_joiners and _between_letters(original, place):
                repairs.add(HIDDEN)
            continue
        if _is_drawn(sign):
            repairs.add(LOOKALIKES)
        for part in _parts(sign):
            if unicodedata.combining(part) and base.isascii() and base.isalpha():
                continue
            letters.append(part)
            places.append(place)
            base = part
    latin = _latin(text := "".join(letters))
    if latin != text:
        repairs.add(LOOKALIKES)
    return latin, places


@lru_cache(4096)
def _parts(sign: str) -> str:
    parts = unicodedata.normalize("NFKD", sign).casefold()
    # one sign is a whole sentence: 5,000 of it would be a book
    return parts if len(parts) <= MOST_PARTS else sign


@lru_cache(4096)
def _is_drawn(sign: str) -> bool:
    """Whether it is a plain letter drawn in another way, such as fat, wide or in a circle."""
    is_drawn = unicodedata.decomposition(sign).startswith(_DRAWN)
    return is_drawn and _parts(sign).isascii() and _parts(sign).isalpha()


@lru_cache(4096)
def _is_hidden(sign: str) -> bool:
    """Looks like nothing: formats, joiners, directions, selectors, fillers."""
    return (
        unicodedata.category(sign) == "Cf"
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0000" <= sign <= "\U000e0fff"
        or sign == "\u034f"
        or sign in _HANGUL_FILLERS
    )


def _between_letters(text: str, place: int) -> bool:
    """Inside a word, where nobody needs it; emoji are joined by such signs rightly."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    seen = {before, after} - {""}
    return any(sign.isalnum() for sign in seen) or any(_is_hidden(sign) for sign in seen)


def _latin(text: str) -> str:
    """Words of several alphabets with their strange letters as the Latin ones they look like."""

    def repaired(word: re.Match[str]) -> str:
        found = word[0]
        if found.isascii() or not any("a" <= sign <= "z" for sign in found):
            return found
        return "".join(TO_LATIN.get(sign, sign) for sign in found)

    changed = re.sub(r"[^\W\d_]+", repaired, text)
    # squares and circles are symbols, never part of a word
    if any(sign in TO_LATIN for sign in changed if not sign.isalpha()):
        changed = "".join(sign if sign.isalpha() else TO_LATIN.get(sign, sign) for sign in changed)
    return changed


def _joined(text: str) -> Iterator[Step]:
    for run in _SPACED.finditer(text):
        places = [p for p in range(run.start(), run.end()) if text[p].isalnum() or text[p] in "@$!"]
        if sum(text[p].isalpha() for p in places) >= 3:
            yield run.start(), run.end(), "".join(text[p] for p in places), places


def _lettered(text: str) -> Iterator[Step]:
    for token in _TOKEN.finditer(text):
        word = token[0]
        if not _SIGNED.search(word) or _ADDRESS.search(word):
            continue
        core = word.strip(_EDGES).rstrip("!|+")
        if _ORDINARY.fullmatch(core) or sum(sign.isalpha() for sign in core) < len(core) / 4:
            continue
        start = token.start() + word.index(core)
        end = start + len(core)
        yield start, end, core.translate(_SIGN_LETTERS), range(start, end)


def _shortened(text: str) -> Iterator[Step]:
    for run in _STRETCHED.finditer(text):
        yield run.start(), run.end(), run[1] * 2, (run.start(), run.end() - 1)


def _once(text: str) -> Iterator[Step]:
    for run in re.finditer(r"([^\W\d_])\1+", text):
        yield run.start(), run.end(), run[1], (run.start(),)


def _rewritten(
    text: str, places: Sequence[int], steps: Iterable[Step]
) -> tuple[str, Sequence[int]]:
    """`text` with every step's stretch replaced; `places` follow."""
    parts: list[str] = []
    whence: list[int] = []
    done = 0
    for start, end, new, old in steps:
        parts += (text[done:start], new)
        whence += places[done:start]
        whence += [places[place] for place in old]
        done = end
    parts.append(text[done:])
    whence += places[done:]
    return "".join(parts), whence
