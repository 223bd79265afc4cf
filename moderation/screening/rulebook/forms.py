"""What a lead types about a rule."""

import enum
import re
from collections.abc import Callable, Sequence

from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange

from moderation.errors import Refused
from moderation.forms import PostForm, WholeNumberField, enum_coerce, one_line, tidy
from moderation.screening.rulebook.models import TriedAs
from moderation.screening.rulebook.service import PERIODS, Proposal, check_name
from moderation.screening.rulebook.trying import MOST
from moderation.screening.verdict import PhaseMode

LONGEST_TEXT = 5000


class Reaction(enum.Enum):
    REPORT = "report"
    HOLD = "hold"


REACTIONS = {
    Reaction.REPORT: "It is reported, and stays on the page",
    Reaction.HOLD: "It waits: a moderator reads it first",
}
TRIED_AS = {
    TriedAs.REGULAR: "Somebody who has written here for years",
    TriedAs.NEWCOMER: "A new account, with its first comment",
}
DAYS = {1: "The last day", 7: "The last 7 days", 30: "The last 30 days"}
DAYS |= {90: "The last 90 days", 365: "The last year"}


class RuleForm(PostForm):
    """A rule as proposed. base: the version it was written over; 0 for a new one."""

    name = StringField("Name", filters=[one_line])
    base = WholeNumberField(widget=HiddenField.widget, default=0)
    expression = TextAreaField("The rule", filters=[tidy])
    clause = SelectField("Clause it would break", validators=[InputRequired("Choose a clause.")])
    reaction = RadioField(
        "When it says yes to a new comment",
        choices=[SelectChoice(reaction.value, words) for reaction, words in REACTIONS.items()],
        coerce=enum_coerce(Reaction),
        default=Reaction.REPORT,
        validators=[InputRequired("Choose what happens.")],
    )
    should_flag = TextAreaField("Texts it should flag", filters=[tidy])
    should_pass = TextAreaField("Texts it should leave alone", filters=[tidy])
    tried_as = RadioField(
        "Who wrote these texts",
        choices=[SelectChoice(kind.value, words) for kind, words in TRIED_AS.items()],
        coerce=enum_coerce(TriedAs),
        default=TriedAs.REGULAR,
    )
    days = SelectField(
        "Comments of",
        choices=[SelectChoice(str(days), DAYS[days]) for days in PERIODS],
        coerce=int,
        default=30,
    )

    def proposal(self) -> Proposal:
        return Proposal(
            name=self.name.data,
            expression=self.expression.data,
            clause=self.clause.data,
            hold=self.reaction.data is Reaction.HOLD,
            base=self.base.data or 0,
            should_flag=paragraphs(self.should_flag.data),
            should_pass=paragraphs(self.should_pass.data),
            tried_as=self.tried_as.data,
        )

    def validate_name(self, field: Field) -> None:
        _passes(lambda: check_name(field.data or ""))

    def validate_should_flag(self, field: Field) -> None:
        _check_texts(paragraphs(field.data))

    def validate_should_pass(self, field: Field) -> None:
        _check_texts(paragraphs(field.data))


class VersionForm(PostForm):
    """A button about the version that was on the screen."""

    version = WholeNumberField(
        widget=HiddenField.widget,
        validators=[InputRequired("Open the rule again."), NumberRange(1, 2**31)],
    )


class ModeForm(VersionForm):
    mode = SelectField(
        choices=[SelectChoice(mode.value) for mode in PhaseMode],
        coerce=enum_coerce(PhaseMode),
        validators=[InputRequired("Choose off, shadow or live.")],
    )


class SaveForm(PostForm):
    """A finished dry run becomes the rule."""

    mode = SelectField(
        choices=[SelectChoice(mode.value) for mode in PhaseMode],
        coerce=enum_coerce(PhaseMode),
        validators=[InputRequired("Choose off, shadow or live.")],
    )


def paragraphs(typed: str | None) -> Sequence[str]:
    """Texts with empty lines between them."""
    return [text.strip() for text in re.split(r"\n\s*\n", typed or "") if text.strip()]


def typed(texts: Sequence[str]) -> str:
    """`paragraphs`, the other way."""
    return "\n\n".join(re.sub(r"\n\s*\n", "\n", text) for text in texts)


def _check_texts(texts: Sequence[str]) -> None:
    if len(texts) > MOST:
        raise ValidationError(f"Try at most {MOST} texts here; there are {len(texts)}.")
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise ValidationError(f"A comment has at most {LONGEST_TEXT:,} characters.")


def _passes(check: Callable[[], object]) -> None:
    try:
        check()
    except Refused as error:
        raise ValidationError(error.sentence) from error
