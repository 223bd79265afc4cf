"""What an expression calls, which lists it asks, and what that costs."""

from collections.abc import Sequence

from moderation.screening.rulebook import names
from moderation.screening.rulebook.context import Type
from moderation.screening.rulebook.reading import Open, Reading
from moderation.screening.rulebook.tokens import Kind, Token

MOST_LOOPS = 6
DEEPEST_LOOPS = 2
MOST_PATTERNS = 5
MOST_ENTRIES = 30  # of a list that is written out and looped over
# Steps. Searching 5,000 characters is many; so is building a list, since the library copies it
# for every entry.
SEARCHES = {"contains": 30, "startsWith": 5, "endsWith": 5, "matches": 1000}
BUILDS = {"filter": 9000, "map": 9000}
STEPS = {**SEARCHES, **BUILDS}

LOOPS = frozenset({"all", "exists", "exists_one", "filter", "map"})
METHODS = LOOPS | SEARCHES.keys() | {"size"}
FUNCTIONS = frozenset({"size", "int", "double", "string", "has"})


def check_list(reading: Reading, path: Sequence[Token], last: int) -> None:
    """A list is asked, counted or searched; compared as a whole or put into lists it costs most."""
    first = last - 2 * len(path) + 2
    if reading.is_sign(last + 1, "("):  # a method's name stands at the end of the path
        return
    before, two_before = reading.at(first - 1), reading.at(first - 2)
    is_searched = before is not None and before.text == "in"
    is_counted = (
        before is not None
        and before.is_sign("(")
        and two_before is not None
        and two_before.text == "size"
    )
    if not (is_searched or is_counted):
        name = ".".join(token.text for token in path)
        raise reading.refuse(
            f"“{name}” is a list. Ask its entries, as in {name}.exists(x, …), or size({name}).",
            path[0],
        )


def flag(reading: Reading, path: Sequence[Token], last: int) -> None:
    """flags['…'] and nothing else: a score for every check asked for, 0.0 where it is silent."""
    key = reading.at(last + 2)
    written = (
        len(path) == 1
        and reading.is_sign(last + 1, "[")
        and key is not None
        and key.kind is Kind.STRING
        and reading.is_sign(last + 3, "]")
    )
    if not written or key is None:
        raise reading.refuse("Ask for the score of one check: flags['words:abuse'] > 0.0.", path[0])
    reading.flags.append(key)


def method(
    reading: Reading,
    called: Token,
    path: Sequence[Token],
    over: Type | None,
    last: int,
) -> None:
    if called.text not in METHODS:
        raise reading.refuse(names.no_function(called.text, METHODS, FUNCTIONS), called)
    if called.text in LOOPS:
        _loop(reading, called, over, last)
    elif called.text == "matches":
        pattern = reading.at(last + 2)
        if pattern is None or pattern.kind is not Kind.STRING or not reading.is_sign(last + 3, ")"):
            raise reading.refuse(
                "Write the pattern as a text: comment.text.matches(r'(?i)free +money').", called
            )
        if len(reading.patterns) >= MOST_PATTERNS:
            raise reading.refuse(f"A rule has at most {MOST_PATTERNS} patterns.", called)
        reading.patterns.append(pattern)
    elif called.text == "size" and path and over is None:
        names.check_countable(reading.expression, path)


def _loop(reading: Reading, called: Token, over: Type | None, last: int) -> None:
    if over is None:
        raise reading.refuse(
            f"“{called.text}” asks a list: verdicts, comment.domains, or one such as "
            f"['spam', 'abuse'] with at most {MOST_ENTRIES} entries.",
            called,
        )
    variable = reading.at(last + 2)
    if variable is None or variable.kind is not Kind.NAME or not reading.is_sign(last + 3, ","):
        raise reading.refuse(
            f"Name each entry first: verdicts.{called.text}(v, v.score > 0.5).", called
        )
    names.check_variable(reading.expression, variable)
    reading.loops += 1
    if reading.loops > MOST_LOOPS or reading.depth >= DEEPEST_LOOPS:
        raise reading.refuse(
            f"A rule asks at most {MOST_LOOPS} lists, {DEEPEST_LOOPS} within one another.", called
        )
    if reading.depth and called.text in BUILDS:
        raise reading.refuse(
            f"“{called.text}” makes a new list for every entry here. Ask exists or all instead.",
            called,
        )
    reading.bound.add(variable.text)
    reading.seen = last + 3
    leaves = {"filter": over, "map": Type.TEXTS}.get(called.text)
    reading.loop = Open(called, variable.text, over, leaves)


def function(reading: Reading, called: Token, last: int) -> None:
    if called.text not in FUNCTIONS:
        raise reading.refuse(names.no_function(called.text, METHODS, FUNCTIONS), called)
    if called.text != "size" or not reading.is_name(last + 2):
        return
    end = last + 2
    while reading.is_sign(end + 1, ".") and reading.is_name(end + 2):
        end += 2
    if reading.is_sign(end + 1, ")"):
        names.check_countable(reading.expression, reading.tokens[last + 2 : end + 1 : 2])
