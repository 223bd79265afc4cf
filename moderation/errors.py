"""What can go wrong, each a sentence for the person in front of the screen."""


class ModerationError(Exception):
    """The base: its text is shown as it is."""

    @property
    def sentence(self) -> str:
        return str(self)


class NotAllowed(ModerationError):
    """This person may not do this."""


class Missing(ModerationError):
    """There is no such thing, or none that this person may know of."""


class Conflict(ModerationError):
    """Somebody else got there first, or the thing has moved on."""


class IllegalMove(Conflict):
    """The action does not apply to the present state."""


class Throttled(ModerationError):
    """Too often; the sentence says when to try again."""

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        """retry_after: seconds."""
        super().__init__(sentence)
        self.retry_after = retry_after


class Refused(ModerationError):
    """Good form, but the rules of the house say no (a closed thread, a spent link)."""
