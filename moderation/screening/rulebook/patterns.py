"""Patterns of rules: compiled once, searched in time that grows with the text alone.

The rules' language has `matches` of its own, which compiles the pattern at every call; here a
function of another name of the same length stands in for it.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

import re2

LONGEST = 200
LARGEST = 2000  # instructions: about 60 µs over 5,000 characters at the worst
MEMORY = 1 << 20
ASKED = "matches"
STANDS_IN = "Matches"


class Pattern(Protocol):
    """What the linear-time engine makes of a pattern."""

    programsize: int

    def search(self, text: str) -> object | None: ...


class BadPattern(Exception):
    """The sentence says why."""


def compiled(pattern: str) -> Pattern:
    """BadPattern for what cannot be read, is too long or repeats too much."""
    if len(pattern) > LONGEST:
        raise BadPattern(f"A pattern has at most {LONGEST} characters.")
    try:
        found: Pattern = re2.compile(pattern, _options())
    except (re2.error, UnicodeError) as error:
        raise BadPattern(_why(error)) from None
    if found.programsize > LARGEST:
        raise BadPattern("This pattern repeats too much. Use smaller numbers in {…}.")
    return found


class Finder:
    """The function that rules call. patterns: all they can ask for, by how they read."""

    def __init__(self, patterns: Mapping[str, Pattern]) -> None:
        self._patterns = patterns

    def __call__(self, text: object, pattern: object) -> bool:
        """Whether the pattern is anywhere in the text. What is no text has none."""
        if not isinstance(text, str) or not isinstance(pattern, str):
            return False
        return self._patterns[pattern].search(text) is not None


@cache
def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    return options


def _why(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    words = re.sub(r"\s+", " ", words)
    if "too large" in words or "repetition size" in words or "repeat" in words:
        return "This pattern repeats too much. Use smaller numbers in {…}."
    return f"This pattern cannot be read: {words}."
