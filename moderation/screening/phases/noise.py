"""Noise: shouting, runs of signs, letters under heaps of marks; and what was hidden in the text."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import eq

from moderation.screening import normal
from moderation.screening.normal import Normal
from moderation.screening.phases.wording import counted, number, sentence
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding, Span

# below it, an abbreviation or two are half of the text
LETTERS = 25
SHOUTED = 0.7  # share of the letters that are capitals
REPEATED = 5  # times the same letter: "soooo" has four
REPEATED_SIGN = 4  # times the same ! or ?
EMOJI = 6
MARKS = 4  # on one letter; no writing needs more than three
SIGNS = 0.4  # share of what is neither letter nor digit nor space
SHORTEST = 20  # characters for that share
MOST = 20  # stretches marked

Noise = tuple[float, str, list[Span]]  # score, sentence, where

_SAID = {
    normal.HIDDEN: "characters nobody can see",
    normal.LOOKALIKES: "letters of another alphabet that look like ours",
    normal.SPACED: "a word with its letters set apart",
    normal.SIGNS: "digits or signs that stand for letters",
}


def find(subject: Subject) -> Iterator[Finding]:
    """Signals: how a text looks is against no rule by itself."""
    found = list(_noises(subject.text))
    if found:
        yield Finding(
            checker="noise",
            score=max(score for score, _, _ in found),
            spans=[span for _, _, spans in found for span in spans],
            why=[sentence(said) for _, said, _ in found],
        )
    yield from _hidden(subject.normal)


def _hidden(copy: Normal) -> Iterator[Finding]:
    """What the normaliser had to repair, if it was not only the ø of a name."""
    repairs = [said for name, said in _SAID.items() if name in copy.repairs]
    spans = _repaired(copy) if repairs else []
    if spans:
        yield Finding(
            checker="hidden-characters",
            score=1.0,
            spans=spans,
            why=[sentence(f"hidden from word lists: {said}") for said in repairs],
        )


def _noises(text: str) -> Iterator[Noise]:
    """Counts first, so that an ordinary text costs next to nothing."""
    letters = sum(map(str.isalpha, text))
    yield from _shouting(text, letters)
    yield from _repeated(text)
    strange = [] if text.isascii() else [sign for sign in text if sign > "\u02ff"]
    if len(strange) >= MARKS:
        yield from _emoji(strange)
        yield from _heaped(text)
    if letters < (1 - SIGNS) * len(text):
        yield from _signs(text)


def _shouting(text: str, letters: int) -> Iterator[Noise]:
    share = sum(map(str.isupper, text)) / letters if letters >= LETTERS else 0.0
    if share >= SHOUTED:
        yield share, f"{share:.0%} of the letters are capitals", []


def _repeated(text: str) -> Iterator[Noise]:
    """Runs of one letter, of ! and of ?; rows of dots, dashes and digits are ordinary."""
    same = bytes(map(eq, text, text[1:]))
    if (b"\1" * (REPEATED_SIGN - 1)) not in same:
        return
    spans: list[Span] = []
    longest, which = 0, ""
    for start, end in _runs(same):
        sign, length = text[start], end - start
        if length >= (REPEATED_SIGN if sign in "!?" else REPEATED) and _is_loud(sign):
            spans.append(Span(start, end))
            longest, which = max((longest, which), (length, sign))
    if spans:
        said = f"“{which}” {number(longest)} times in a row"
        yield min(1.0, longest / (2 * REPEATED)), said, spans[:MOST]


def _is_loud(sign: str) -> bool:
    return sign.isalpha() or sign in "!?" or _is_emoji(sign)


def _runs(same: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of each stretch of equal signs that is long enough to look at."""
    wanted = b"\1" * (REPEATED_SIGN - 1)
    start = same.find(wanted)
    while start >= 0:
        stop = same.find(b"\0", start)
        stop = len(same) if stop < 0 else stop
        yield start, stop + 1
        start = same.find(wanted, stop)


def _emoji(strange: Sequence[str]) -> Iterator[Noise]:
    count = sum(map(_is_emoji, strange))
    if count >= EMOJI:
        yield min(1.0, count / (4 * EMOJI)), counted(count, "emoji", "emoji"), []


def _is_emoji(sign: str) -> bool:
    return "\U0001f300" <= sign <= "\U0001faff" or "\u2600" <= sign <= "\u27bf"


def _heaped(text: str) -> Iterator[Noise]:
    marks = bytes(map(_is_mark, text))
    start = marks.find(b"\1" * MARKS)
    spans: list[Span] = []
    while start >= 0 and len(spans) < MOST:
        stop = marks.find(b"\0", start)
        stop = len(marks) if stop < 0 else stop
        spans.append(Span(max(0, start - 1), stop))
        start = marks.find(b"\1" * MARKS, stop)
    if spans:
        yield 1.0, "letters under heaps of marks", spans


def _is_mark(sign: str) -> bool:
    return sign > "\u02ff" and unicodedata.category(sign) in {"Mn", "Me"}


def _signs(text: str) -> Iterator[Noise]:
    seen = len(text) - sum(map(str.isspace, text))
    if seen < SHORTEST:
        return
    share = 1 - sum(map(str.isalnum, text)) / seen
    # the marks of Indian and Arabic writing are neither letters nor signs
    if share >= SIGNS and (share - sum(map(_is_mark, text)) / seen) >= SIGNS:
        yield min(1.0, share), f"{share:.0%} of it is neither letters nor digits", []


def _repaired(copy: Normal) -> list[Span]:
    """The words in which something was taken out or replaced, as they were typed."""
    original = copy.original
    changed = {
        place
        for place, sign in zip(copy.places, copy.text, strict=True)
        if sign.isalpha() and sign.isascii() and _is_other(original[place])
    }
    # ™ and @somebody are no tricks
    changed = {p for p in changed if original[p] != "™" and not _is_mention(original, p)}
    for before, after in pairwise((-1, *copy.places, len(original))):
        changed.update(p for p in range(before + 1, after) if not original[p].isspace())
    spans: list[Span] = []
    for place in sorted(changed):
        if not spans or place >= spans[-1].end:
            spans.append(_word(original, place))
    return spans[:MOST]


def _is_mention(text: str, place: int) -> bool:
    return text[place] == "@" and (place == 0 or text[place - 1].isspace())


def _is_other(sign: str) -> bool:
    """Whether it is no letter of a language that is written in Latin letters."""
    return not (sign.isalpha() and (sign < "\u0250" or "\u1e00" <= sign < "\u1f00"))


def _word(text: str, place: int) -> Span:
    start = end = place
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return Span(start, max(end, place + 1))
