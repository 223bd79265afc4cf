"""What is refused because somebody, or something, got there first."""

from collections.abc import Mapping

from moderation.cases.decisions import Decision
from moderation.cases.models import Case
from moderation.errors import Conflict


class StaleCase(Conflict):
    """The case or the comment moved on since it was on the moderator's screen."""

    def __init__(self, case: Case, latest: Decision | None) -> None:
        super().__init__("This case changed while you had it open. Nothing of yours was stored.")
        self.case = case
        self.latest = latest


class OthersMovedOn(Conflict):
    """Some of what was to be decided together cannot be. why: comment id → a sentence."""

    def __init__(self, why: Mapping[int, str]) -> None:
        super().__init__("Not all of these comments can be decided now. Nothing was stored.")
        self.why = why


class NotLatest(Conflict):
    """A later decision stands, so this one cannot be taken back."""

    def __init__(self) -> None:
        super().__init__("This decision no longer stands: look at what was decided after it.")


class AlreadyReported(Conflict):
    """The same person, the same words, the same door."""

    def __init__(self) -> None:
        super().__init__("You have reported this comment already. A moderator will look at it.")
