"""What is typed about the publisher's own checker."""

import enum

from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, NumberRange

from moderation.errors import Refused
from moderation.forms import PostForm, WholeNumberField, enum_coerce, one_line

LEAST_MS, MOST_MS = 50, 2000


class Fails(enum.Enum):
    OPEN = "open"
    CLOSED = "closed"


FAILS = {
    Fails.OPEN: "Publish it, and show it as unchecked",
    Fails.CLOSED: "Hold it until a moderator has looked",
}


class FailsForm(PostForm):
    """What becomes of a new comment that was not checked."""

    fails = RadioField(
        "When it does not answer in time",
        choices=[SelectChoice(fails.value, words) for fails, words in FAILS.items()],
        coerce=enum_coerce(Fails),
        validators=[InputRequired("Choose what happens then.")],
    )


class AddressForm(PostForm):
    """Where the checker is. Empty asks nobody."""

    url = StringField("Address", default="", filters=[one_line])
    limit_ms = WholeNumberField(
        "Time limit, in milliseconds",
        validators=[
            InputRequired("Write a number of milliseconds, such as 300."),
            NumberRange(
                LEAST_MS, MOST_MS, f"The time limit is between {LEAST_MS} and {MOST_MS:,} ms."
            ),
        ],
    )

    def refuse(self, error: Refused) -> None:
        """The address is not one that we would ask."""
        self.url.errors = [error.sentence]


class PlainForm(PostForm):
    """A button."""
