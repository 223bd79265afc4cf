"""What a reader hands in."""

from wtforms import Field, HiddenField, TextAreaField, ValidationError

from moderation.errors import Refused
from moderation.forms import PostForm, tidy
from moderation.intake import checks
from moderation.intake.nudge import Nudge


class BodyForm(PostForm):
    """The words of a comment."""

    body = TextAreaField("Your comment", filters=[tidy])

    def validate_body(self, field: Field) -> None:
        try:
            checks.checked_body(field.data or "")
        except Refused as error:
            raise ValidationError(error.sentence) from error


class CommentForm(BodyForm):
    """One comment, perhaps an answer to another."""

    parent = HiddenField(default="")
    submission = HiddenField(default="")
    # pressed after a nudge: the same words again, and they are meant
    anyway = HiddenField(default="")
    # what the author is asked to look at first, see `intake.nudge`
    nudge: Nudge | None = None

    @property
    def parent_id(self) -> int | None:
        """0 is nobody's id: what cannot be one is not found either."""
        typed = str(self.parent.data or "").strip()
        if not typed:
            return None
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 20 else 0


class WithdrawForm(PostForm):
    """A button and nothing to type."""
