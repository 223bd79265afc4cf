"""What an expression asks for and may cost, found from its words before the parser sees them.

Names are looked up here, since `a || b` hides a mistake in `b` from whoever only tries it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.screening.rulebook import calls, names
from moderation.screening.rulebook.context import FLAGS, Type
from moderation.screening.rulebook.facts import MOST_VERDICTS
from moderation.screening.rulebook.reading import Open, Reading
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.tokens import Kind, Token, read

LONGEST = 1000  # characters
DEEPEST = 12  # brackets within brackets
MOST_SUMS = 20  # so that no text grows
# a step is about 0.05 µs
MOST_STEPS = 20_000
SUM_IN_LOOP = 500

WORDS = {"and": "&&", "or": "||", "not": "!"}
LITERALS = frozenset({"true", "false", "null"})
CLOSING = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Outline:
    """names: facts asked for. flags, patterns: the literals, as written. bound: its own names."""

    names: frozenset[str]
    flags: tuple[Token, ...]
    patterns: tuple[Token, ...]
    bound: frozenset[str]
    steps: int


def outline(expression: str) -> Outline:
    """BadRule for what is too long, too deep, too costly or has no such name."""
    if len(expression) > LONGEST:
        raise BadRule(
            f"A rule has at most {LONGEST:,} characters; this one has {len(expression):,}."
        )
    tokens = list(read(expression))
    if not tokens:
        raise BadRule("Write what the rule asks, such as: comment.links > 3")
    reading = Reading(expression, tokens)
    reading.sums = sum(token.is_sign("+") for token in tokens)
    if reading.sums > MOST_SUMS:
        raise BadRule(f"A rule has at most {MOST_SUMS} additions; this one has {reading.sums}.")
    for index, token in enumerate(tokens):
        _step(reading, index, token)
    if reading.open:
        token = reading.open[-1].token
        raise reading.refuse(f"“{token.text}” is never closed.", token)
    return _outlined(reading)


def _outlined(reading: Reading) -> Outline:
    if not reading.names and not reading.flags:
        raise BadRule(
            "This rule asks nothing of the comment: name a fact, as in comment.links > 3."
        )
    if reading.steps > MOST_STEPS:
        raise BadRule("This rule asks too much of every comment. Split it, or ask fewer lists.")
    return Outline(
        frozenset(reading.names),
        tuple(reading.flags),
        tuple(reading.patterns),
        frozenset(reading.bound),
        reading.steps,
    )


def _step(reading: Reading, index: int, token: Token) -> None:
    depth = reading.depth
    grown = 1 + reading.sums if token.text in calls.SEARCHES else 1
    steps = calls.STEPS.get(token.text, 0) * grown + 1
    if depth and token.is_sign("+"):
        steps = SUM_IN_LOOP
    reading.steps += steps * MOST_VERDICTS**depth
    if token.kind is Kind.SIGN:
        _sign(reading, index, token)
        return
    if token.kind is Kind.NAME and token.text not in LITERALS:
        reading.not_plain()
        if index >= reading.seen:
            _name(reading, index, token)
    reading.left = None


def _sign(reading: Reading, index: int, token: Token) -> None:
    left, reading.left = reading.left, None
    if token.is_sign("{", "}"):
        raise reading.refuse("Curly brackets are not used in rules.", token)
    if token.is_sign("(", "["):
        _opens(reading, index, token)
    elif token.is_sign(")", "]"):
        if not reading.open or CLOSING[reading.open[-1].token.text] != token.text:
            raise reading.refuse(f"“{token.text}” closes nothing that is open.", token)
        closed = reading.open.pop()
        reading.left = closed.leaves if closed.commas < calls.MOST_ENTRIES else None
    elif token.is_sign("."):
        reading.left = left  # for the name that follows
    elif token.is_sign(",") and reading.open:
        reading.open[-1].commas += 1
    elif not token.is_sign("-"):
        reading.not_plain()


def _opens(reading: Reading, index: int, token: Token) -> None:
    if len(reading.open) >= DEEPEST:
        raise reading.refuse(f"Brackets stand at most {DEEPEST} deep in one another.", token)
    reading.not_plain()
    bracket, reading.loop = reading.loop, None
    if bracket is None:
        before = reading.at(index - 1)
        is_list = token.is_sign("[") and not _is_value(before)
        bracket = Open(token, leaves=Type.TEXTS if is_list else None, is_list=is_list)
    bracket.token = token
    reading.open.append(bracket)


def _name(reading: Reading, index: int, token: Token) -> None:
    """A path of names, up to the bracket of a call if there is one."""
    if token.text in WORDS:
        raise reading.refuse(f"Write {WORDS[token.text]} for “{token.text}”.", token)
    if token.text == "in":
        return
    last = index
    while reading.is_sign(last + 1, ".") and reading.is_name(last + 2):
        last += 2
    reading.seen = last + 1
    path = list(reading.tokens[index : last + 1 : 2])
    goes_on = reading.is_sign(index - 1, ".")
    called = path.pop() if reading.is_sign(last + 1, "(") else None
    over = _path(reading, path, last, goes_on=goes_on) if path else reading.left
    if called is None:
        return
    if path or goes_on:
        calls.method(reading, called, path, over, last)
    else:
        calls.function(reading, called, last)


def _path(reading: Reading, path: Sequence[Token], last: int, *, goes_on: bool) -> Type | None:
    """What kind of list it is, if it is one."""
    root = path[0].text
    scope = {b.variable: b for b in reading.open if b.variable is not None}
    if goes_on:
        names.check_part(reading.expression, path)
        return None
    if root in scope:
        names.check_element(reading.expression, path, scope[root].over)
        return None
    if root == FLAGS:
        calls.flag(reading, path, last)
        return None
    fact = names.fact(reading.expression, path)
    reading.names.add(fact.name)
    if fact.type not in (Type.TEXTS, Type.VERDICTS):
        return None
    calls.check_list(reading, path, last)
    return fact.type


def _is_value(token: Token | None) -> bool:
    """Whether a bracket after it takes a part of it."""
    if token is None or token.text == "in":
        return False
    return token.kind is not Kind.SIGN or token.is_sign(")", "]")
