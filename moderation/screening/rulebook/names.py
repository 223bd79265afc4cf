"""Whether a name in an expression is one we know, and which was meant if it is not."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from moderation.screening.rulebook.context import BY_NAME, FLAGS, ROOTS, VERDICT, Fact, Type
from moderation.screening.rulebook.refusal import BadRule, Place
from moderation.screening.rulebook.tokens import Token

COUNTS = "size() counts the entries of a list. For characters there is comment.length."


def fact(expression: str, path: Sequence[Token]) -> Fact:
    """The fact that a path of names means; BadRule if it means none."""
    name = ".".join(token.text for token in path)
    found = BY_NAME.get(name)
    if found is not None:
        return found
    root = path[0].text
    if root not in ROOTS:
        raise BadRule(_unknown(name), expression, _place(path))
    if len(path) == 1:
        examples = " or ".join([n for n in BY_NAME if n.startswith(f"{root}.")][:2])
        raise BadRule(f"“{root}” alone says nothing: write {examples}.", expression, _place(path))
    raise BadRule(_unknown(name), expression, _place(path[1:]))


def check_element(expression: str, path: Sequence[Token], over: Type | None) -> None:
    """A loop's own name: an entry that is a text or a number, or what a verdict has."""
    name = path[0].text
    if over is Type.TEXTS and len(path) > 1:
        raise BadRule(
            f"“{name}” is one entry here, and has no parts.", expression, _place(path[1:])
        )
    if over is Type.VERDICTS and len(path) == 1:
        raise BadRule(
            f"“{name}” is a verdict here: ask what it has, as in {name}.score > 0.5.",
            expression,
            _place(path),
        )
    if over is Type.VERDICTS and (len(path) > 2 or path[1].text not in VERDICT):
        raise BadRule(_no_part(path[1]), expression, _place(path[1:]))


def check_part(expression: str, path: Sequence[Token]) -> None:
    """What stands after a bracket: a part of a verdict."""
    if len(path) > 1 or path[0].text not in VERDICT:
        raise BadRule(_no_part(path[0]), expression, _place(path))


def check_variable(expression: str, variable: Token) -> None:
    if variable.text in ROOTS:
        raise BadRule(
            f"“{variable.text}” has a meaning already: use a letter, such as v.",
            expression,
            variable.place,
        )


def check_countable(expression: str, path: Sequence[Token]) -> None:
    found = BY_NAME.get(".".join(token.text for token in path))
    if found is not None and found.type is Type.TEXT:
        raise BadRule(COUNTS, expression, _place(path))


def no_function(name: str, methods: Collection[str], functions: Collection[str]) -> str:
    if name in methods:
        return f"Write what it is asked of before it, as in comment.text.{name}( )."
    if name in {"lowerAscii", "lower", "toLowerCase"}:
        return "comment.normal is the text in small letters."
    return f"There is no “{name}( )” here.{_meant(name, [*methods, *functions], cutoff=0.7)}"


def _unknown(name: str) -> str:
    known = [*BY_NAME, FLAGS]
    leaves = [n for n in known if n.partition(".")[2] == name]
    return f"There is no “{name}”.{_meant(name, leaves or known)}"


def _no_part(token: Token) -> str:
    return f"A verdict has no “{token.text}”. It has {', '.join(VERDICT)}."


def _meant(name: str, known: Collection[str], *, cutoff: float = 0.5) -> str:
    if len(known) == 1:
        return f" Did you mean {next(iter(known))}?"
    near = get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f" Did you mean {near[0]}?" if near else ""


def _place(path: Sequence[Token]) -> Place:
    return Place(path[0].start, path[-1].start + len(path[-1].text))
