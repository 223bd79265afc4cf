"""One entry of a word list, and how a line of a file becomes one. Raises Refused."""

import enum
import re
from dataclasses import dataclass

from moderation.errors import Refused
from moderation.screening.normal import LOOKALIKES, SIGNS, SPACED, STRETCHED, normalised

SHORTEST, LONGEST = 3, 120  # code points; two letters are in every other comment


class Kind(enum.Enum):
    EXACT = "exact"  # the whole comment says this and nothing else
    WORD = "word"  # a whole word, or a phrase of whole words
    STEM = "stem"  # a word that begins so: written with * at the end
    PART = "part"  # anywhere, also inside words and addresses


@dataclass(frozen=True, slots=True)
class Entry:
    """text: as the normaliser leaves it, without the star of a stem."""

    text: str
    kind: Kind
    clause: str


def read(line: str, *, clause: str, kind: Kind | None = None) -> Entry:
    """An entry as somebody typed it: `moron`, `idiot*`, `go back to your country`, `"lol"`.

    In double quotes it is the whole comment. kind: what it is whatever it looks like.
    """
    typed = " ".join(line.split())
    if kind is None:
        kind = _kind(typed)
    if typed.endswith("*"):
        typed = typed.rstrip("*").rstrip()
    if kind is Kind.EXACT:
        typed = typed.strip('"')
    normal = normalised(typed)
    text = " ".join(normal.text.split())
    if normal.repairs & {SIGNS, SPACED, LOOKALIKES, STRETCHED}:
        raise Refused(f"It is a disguise, and disguises are found by themselves: add “{text}”.")
    if not re.search(r"\w", text):
        raise Refused("There is no letter or digit in it.")
    if len(text) < SHORTEST:
        raise Refused("It is too short: it would be found in every other comment.")
    if len(text) > LONGEST:
        raise Refused(f"It is longer than {LONGEST} characters.")
    return Entry(text, kind, clause)


def _kind(typed: str) -> Kind:
    if len(typed) > 2 and typed.startswith('"') and typed.endswith('"'):
        return Kind.EXACT
    return Kind.STEM if typed.endswith("*") else Kind.WORD
