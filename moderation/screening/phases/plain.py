"""The text as an address or a number in it is read: one kind of space, hyphen and digit.

Milder than the normaliser, which takes digits for letters: here they stay what they are.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.screening.verdict import Span

_GONE = ""


@dataclass(frozen=True, slots=True)
class Plain:
    """text: can be encoded, whatever the original was. places: where each of its code points
    stands in the original; None if all stand where they stood.
    """

    text: str
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original behind `text[start:end]`, which is not empty."""
        if self.places is None:
            return Span(start, end)
        return Span(self.places[start], self.places[end - 1] + 1)


def plain(original: str) -> Plain:
    """Linear; ASCII comes back as it is."""
    if original.isascii():
        return Plain(original)
    text = original.translate(_PLAIN)
    if len(text) == len(original):
        return Plain(text)
    return Plain(text, [p for p, sign in enumerate(original) if _PLAIN[ord(sign)] != _GONE])


class _Table(dict[int, str]):
    """code point → what stands for it, found out when first asked for."""

    def __missing__(self, code: int) -> str:
        found = _stands_for(chr(code))
        if len(self) < 8192:  # nobody fills the memory with signs
            self[code] = found
        return found


_PLAIN = _Table()


# the general category of a sign → what it reads like
_READ_AS = {
    "Cf": _GONE,
    "Cs": "\N{REPLACEMENT CHARACTER}",
    "Pd": "-",
    "Zl": " ",
    "Zp": " ",
    "Zs": " ",
}


def _stands_for(sign: str) -> str:
    """Never more than one sign."""
    if sign.isascii():
        return sign
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.digit(sign))
    if "\uff01" <= sign <= "\uff5e":
        return chr(ord(sign) - 0xFEE0)  # the wide form of an ASCII sign
    return _READ_AS.get(category, sign)
