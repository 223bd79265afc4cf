"""The language of the rules: an expression, checked, and ready to be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.screening.rulebook import engine, patterns
from moderation.screening.rulebook.calls import FUNCTIONS, METHODS
from moderation.screening.rulebook.context import ROOTS
from moderation.screening.rulebook.outline import Outline, outline
from moderation.screening.rulebook.patterns import BadPattern, Pattern
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.tokens import Token, read

if TYPE_CHECKING:
    from cel import Program as Parsed


@dataclass(frozen=True)
class Program:
    """One rule's expression.

    source: as it is evaluated. names, flags: what it asks for. steps: what it may cost, in steps of
    about 0.1 µs. patterns: compiled, by how they read.
    """

    source: str
    names: frozenset[str]
    flags: frozenset[str]
    patterns: Mapping[str, Pattern]
    steps: int
    parsed: "Parsed"


def parsed(expression: str) -> Program:
    """BadRule, with the place, for what does not parse, has unknown names or may cost too much."""
    found = outline(expression)
    _check_agrees(engine.compiled(expression), found, expression)
    source = _with_stand_in(expression) if found.patterns else expression
    return Program(
        source=source,
        names=found.names,
        flags=frozenset(_value(token, expression) for token in found.flags),
        patterns=_patterns(found, expression),
        steps=found.steps,
        parsed=engine.compiled(source),
    )


def together(programs: Sequence[Program]) -> "Parsed":
    """One program for all: a list of their answers. A comment at a rule's end stays its own."""
    return engine.compiled("[\n" + ",\n".join(f"({p.source}\n)" for p in programs) + "\n]")


def functions(programs: Sequence[Program]) -> dict[str, patterns.Finder]:
    """What they call besides what the language has."""
    known = {text: found for program in programs for text, found in program.patterns.items()}
    return {patterns.STANDS_IN: patterns.Finder(known)} if known else {}


def _check_agrees(parsed: "Parsed", found: Outline, expression: str) -> None:
    """The parser has seen nothing that we have not: neither another name nor another call."""
    names = set(parsed.variables()) - ROOTS - found.bound
    called = set(filter(str.isidentifier, parsed.functions())) - FUNCTIONS - METHODS
    if names or called:
        raise BadRule("This rule cannot be understood. Write it in a simpler way.", expression)


def _with_stand_in(expression: str) -> str:
    """Of the same length, so that places stay."""
    out = list(expression)
    for token in read(expression):
        if token.text == patterns.ASKED:
            out[token.start : token.start + len(token.text)] = patterns.STANDS_IN
    return "".join(out)


def _patterns(found: Outline, expression: str) -> dict[str, Pattern]:
    compiled = {}
    for token in found.patterns:
        text = _value(token, expression)
        try:
            compiled[text] = patterns.compiled(text)
        except BadPattern as error:
            raise BadRule(str(error), expression, token.place) from None
    return compiled


def _value(token: Token, expression: str) -> str:
    """What a text between quotes says."""
    try:
        value = engine.execute(engine.compiled(token.text), engine.context({}, {}))
    except (BadRule, engine.EvaluationFailed):
        value = None
    if not isinstance(value, str):
        raise BadRule("This text cannot be read.", expression, token.place)
    return value
