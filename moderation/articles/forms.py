"""What a lead types about an article."""

from collections.abc import Callable
from datetime import UTC, datetime

from wtforms import (
    DateTimeLocalField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    URLField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from moderation import clock
from moderation.articles import checks
from moderation.articles.models import Mode, ModeReason
from moderation.articles.service import How
from moderation.errors import Refused
from moderation.forms import PostForm, enum_coerce, one_line, tidy

MODES = {
    Mode.OPEN: "Open: comments appear at once",
    Mode.PREMODERATED: "Premoderated: a moderator reads every comment first",
    Mode.CLOSED: "Closed: comments can be read, and no new ones are taken",
    Mode.HIDDEN: "Hidden: no comments are shown, and none are taken",
}
REASONS = {
    ModeReason.EDITORIAL: "Editorial",
    ModeReason.LEGAL: "Legal",
    ModeReason.VOLUME: "Too many comments to read",
}


class Moment(DateTimeLocalField):  # type: ignore[misc]  # WTForms carries no types
    """A date and a time, in UTC."""

    data: datetime | None

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a date and a time, such as 2030-01-31T18:00.") from None
        read: datetime | None = self.data
        self.data = read.replace(tzinfo=UTC) if read else None


class ModeForm(PostForm):
    """How comments are taken."""

    mode = RadioField(
        "Comments",
        choices=[SelectChoice(mode.value, words) for mode, words in MODES.items()],
        coerce=enum_coerce(Mode),
        validators=[InputRequired("Choose how comments are taken.")],
    )
    reason = RadioField(
        "Why, unless they are open",
        choices=[SelectChoice(reason.value, words) for reason, words in REASONS.items()],
        coerce=enum_coerce(ModeReason),
        validate_choice=False,
    )
    sentence = TextAreaField("What readers are told, unless they are open", filters=[one_line])
    until = Moment(
        "Until, in UTC",
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        validators=[Optional()],
    )

    def how(self) -> How:
        return How(self.mode.data, self.reason.data, self.sentence.data or "", self.until.data)

    def validate_reason(self, field: Field) -> None:
        _passes(lambda: checks.check_reason(self.mode.data, field.data))

    def validate_sentence(self, field: Field) -> None:
        _passes(lambda: checks.check_sentence(self.mode.data, field.data or ""))

    def validate_until(self, field: Field) -> None:
        if field.data is not None:
            _passes(lambda: checks.check_until(self.mode.data, field.data, now=clock.now()))


class ContemptForm(PostForm):
    """What may not be said under an article. seen: the mark of what stood there."""

    terms = TextAreaField("Terms, one a line", filters=[tidy])
    seen = HiddenField()

    def validate_terms(self, field: Field) -> None:
        _passes(lambda: checks.checked_terms((field.data or "").splitlines()))


class ArticleForm(ModeForm):
    """A new article."""

    slug = StringField("Reference", filters=[one_line])
    title = StringField("Headline", filters=[one_line])
    url = URLField("Address on your own site", filters=[one_line], validators=[Optional()])
    standfirst = TextAreaField(
        "Stand-first",
        filters=[tidy],
        validators=[
            Optional(),
            Length(max=2000, message="A stand-first has at most 2,000 characters."),
        ],
    )

    def validate_slug(self, field: Field) -> None:
        _passes(lambda: checks.checked_slug(field.data or ""))

    def validate_title(self, field: Field) -> None:
        _passes(lambda: checks.checked_title(field.data or ""))

    def validate_url(self, field: Field) -> None:
        _passes(lambda: checks.checked_url(field.data))


def _passes(check: Callable[[], object]) -> None:
    try:
        check()
    except Refused as error:
        raise ValidationError(error.sentence) from error
