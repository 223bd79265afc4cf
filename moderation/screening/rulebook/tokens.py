"""The words an expression is made of, read before the parser sees it."""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from moderation.screening.rulebook.refusal import BadRule, Place


class Kind(enum.Enum):
    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    start: int

    @property
    def place(self) -> Place:
        return Place(self.start, self.start + len(self.text))

    def is_sign(self, *texts: str) -> bool:
        return self.kind is Kind.SIGN and self.text in texts


# as the language's grammar has them; bytes, triple quotes and back-ticks are left out
_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\r\n\f]+|//[^\n]*)
  | (?P<refused>[rRbB]{0,2}(?:\"{3}|'{3})|[bB][rR]?["'])
  | (?P<string>[rR](?:"[^"\r\n]*"|'[^'\r\n]*')
              |"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*')
  | (?P<number>0[xX][0-9a-fA-F]+[uU]?
              |(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>&&|\|\||[=!<>]=|[-+*/%!<>?:.,()\[\]{}])
    """,
    re.VERBOSE,
)

_HINTS = {
    "=": "Write == to ask whether two things are the same.",
    "&": "Write && for “and”.",
    "|": "Write || for “or”.",
    "'": "This text has no end: the closing ' is missing.",
    '"': 'This text has no end: the closing " is missing.',
}
_QUOTES = "“”„’«»\N{LEFT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}"


def read(expression: str) -> Iterator[Token]:
    """Token after token; BadRule at what is none."""
    at = 0
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if found is None:
            raise BadRule(_unreadable(expression[at]), expression, Place(at, at + 1))
        if found["refused"]:
            raise BadRule(
                "Write a text between single or double quotes: 'text'.",
                expression,
                Place(*found.span()),
            )
        if not found["skip"]:
            yield Token(Kind(found.lastgroup), found[0], at)
        at = found.end()


def _unreadable(character: str) -> str:
    if character in _QUOTES:
        return f"Write a text between straight quotes: 'text', not {character}."
    if character in _HINTS:
        return _HINTS[character]
    shown = f"“{character}”" if character.isprintable() else f"The character {ord(character):#x}"
    return f"{shown} means nothing here. Outside of quotes use plain letters, digits and signs."
