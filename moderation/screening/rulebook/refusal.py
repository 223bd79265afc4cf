"""Why a rule cannot be taken, and where in it."""

from dataclasses import dataclass

from moderation.errors import Refused


@dataclass(frozen=True, slots=True)
class Place:
    """Code points `start` up to `end`, not included, of the expression; both alike at its end."""

    start: int
    end: int


class BadRule(Refused):
    """why: the sentence alone; `sentence` says the place too. place None: the rule as a whole."""

    def __init__(self, why: str, expression: str = "", place: Place | None = None) -> None:
        self.why = why
        self.expression = expression
        self.place = place
        super().__init__(
            why if place is None else f"Line {self.line}, character {self.column}: {why}"
        )

    @property
    def line(self) -> int:
        """From 1."""
        return self._before.count("\n") + 1

    @property
    def column(self) -> int:
        """From 1, in code points."""
        return len(self._before) - (self._before.rfind("\n") + 1) + 1

    @property
    def _before(self) -> str:
        return self.expression[: self.place.start] if self.place else ""

    @property
    def parts(self) -> tuple[str, str, str]:
        """The expression before, at and after the place."""
        if self.place is None:
            return self.expression, "", ""
        start, end = self.place.start, self.place.end
        return self.expression[:start], self.expression[start:end], self.expression[end:]
