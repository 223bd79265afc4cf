"""What a lead types about word lists."""

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from moderation.forms import PostForm, one_line, tidy
from moderation.screening.words.entry import LONGEST
from moderation.screening.words.service import LONGEST_NAME

LONGEST_PASTE = 100_000  # code points; longer lists come by the command


class ListForm(PostForm):
    """A new list, or more for one: pasted, one entry a line."""

    name = StringField(
        "Name",
        filters=[one_line],
        validators=[
            InputRequired("Give the list a name."),
            Length(max=LONGEST_NAME, message=f"A name has at most {LONGEST_NAME} characters."),
        ],
    )
    clause = SelectField("Clause", validators=[InputRequired("Choose a clause.")])
    lines = TextAreaField(
        "Entries, one a line",
        filters=[tidy],
        validators=[
            InputRequired("Write at least one entry."),
            Length(
                max=LONGEST_PASTE,
                message=(
                    f"This is longer than {LONGEST_PASTE:,} characters. "
                    "Import it from a file with the command `moderation words import`."
                ),
            ),
        ],
    )


class WordForm(PostForm):
    """One entry."""

    word = StringField(
        "New entry",
        filters=[one_line],
        validators=[
            InputRequired("Write the word or the phrase."),
            Length(max=LONGEST + 2, message=f"An entry has at most {LONGEST} characters."),
        ],
    )


class TryForm(PostForm):
    """A text to try the lists on."""

    text = TextAreaField(
        "A text",
        filters=[tidy],
        validators=[
            InputRequired("Write a text to try."),
            Length(max=5000, message="A comment has at most 5,000 characters."),
        ],
    )


class ButtonForm(PostForm):
    """A button and nothing to type."""
