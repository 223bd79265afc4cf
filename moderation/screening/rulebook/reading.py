"""How far an expression is read, and what it has asked for so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from moderation.screening.rulebook.context import Type
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.tokens import Kind, Token


@dataclass(slots=True)
class Open:
    """A bracket that is open. variable, over: of a loop. leaves: the list there at the end."""

    token: Token
    variable: str | None = None
    over: Type | None = None
    leaves: Type | None = None
    is_list: bool = False
    commas: int = 0


@dataclass(slots=True)
class Reading:
    expression: str
    tokens: Sequence[Token]
    names: set[str] = field(default_factory=set)
    flags: list[Token] = field(default_factory=list)
    patterns: list[Token] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    steps: int = 0
    loops: int = 0
    sums: int = 0
    open: list[Open] = field(default_factory=list)
    # the next bracket, if it is a loop's
    loop: Open | None = None
    # the kind of list that the bracket just closed leaves
    left: Type | None = None
    seen: int = 0  # tokens before it are done with

    def refuse(self, why: str, at: Token) -> BadRule:
        return BadRule(why, self.expression, at.place)

    def not_plain(self) -> None:
        """The list that is open holds more than plain values: no loop may ask it."""
        if self.open and self.open[-1].is_list:
            self.open[-1].leaves = None

    def at(self, index: int) -> Token | None:
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def is_sign(self, index: int, *signs: str) -> bool:
        token = self.at(index)
        return token is not None and token.is_sign(*signs)

    def is_name(self, index: int) -> bool:
        token = self.at(index)
        return token is not None and token.kind is Kind.NAME

    @property
    def depth(self) -> int:
        """Loops within one another, here."""
        return sum(bracket.variable is not None for bracket in self.open)
