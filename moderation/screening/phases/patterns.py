"""Patterns of our own: RE2 runs in time linear in the text, whatever the text."""

from collections.abc import Iterator
from typing import Any, Protocol

import re2


class Match(Protocol):
    """What we use of a match; offsets in code points."""

    def group(self, group: int | str = 0, /) -> str | None: ...
    def span(self, group: int | str = 0, /) -> tuple[int, int]: ...
    def start(self, group: int | str = 0, /) -> int: ...
    def end(self, group: int | str = 0, /) -> int: ...


class Pattern(Protocol):
    def search(self, text: str, pos: int | None = None, /) -> Match | None: ...
    def fullmatch(self, text: str, /) -> Match | None: ...
    def finditer(self, text: str, /) -> Iterator[Match]: ...


def encodable(text: str) -> str:
    """`text`, with a ? for half a sign: RE2 reads UTF-8. The places stay."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def compiled(pattern: str, *, ignore_case: bool = False) -> Pattern:
    """RE2's syntax: classes of `\\d`, `\\s`, `\\b` know ASCII only, `\\pL` every letter."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    made: Any = re2.compile(pattern, options)
    return made  # type: ignore[no-any-return]
