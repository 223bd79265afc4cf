"""What people fill in to report a comment, through either door."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

from moderation.cases.reporting import Notice
from moderation.errors import Refused
from moderation.forms import PostForm, one_line, tidy
from moderation.people import identity
from moderation.reports.rules import DANGER, LAWS, OTHER

DISAGREE = "disagree"
LONGEST_REASON = 1000
LONGEST_EXPLANATION = 5000
LONGEST_LAW = 200
LONGEST_NAME = 120


class ReportForm(PostForm):
    """Under which clause. `offer` says which there are."""

    clause = RadioField("What is wrong with it?", validate_choice=False)
    explanation = TextAreaField(
        "Tell us more",
        description="Up to 1,000 characters. The author never sees who reported.",
        filters=[tidy],
        validators=[
            Optional(),
            Length(max=LONGEST_REASON, message="Use 1,000 characters or fewer."),
        ],
    )

    def offer(self, clauses: Sequence[tuple[str, str]]) -> None:
        """clauses: (code, title), in the policy's order."""
        known = [*clauses, (DISAGREE, "I just disagree")]
        self.clause.choices = [SelectChoice(code, title) for code, title in known]

    def validate_clause(self, field: RadioField) -> None:
        if field.data not in {choice.value for choice in field.choices or ()}:
            raise ValidationError("Choose one of the reasons listed here.")


class NoticeForm(PostForm):
    """Which law, and why. Any text is taken for a law; the list only helps."""

    law = SelectField(
        "Which law does it break?",
        choices=[
            SelectChoice("", "Choose what comes nearest"),
            *(SelectChoice(code, words) for code, words in LAWS.items()),
        ],
        validate_choice=False,
        filters=[one_line],
    )
    other_law = StringField(
        "If it is another law: which one?",
        description="In your own words, or its name and paragraph.",
        filters=[one_line],
        validators=[
            Optional(),
            Length(max=LONGEST_LAW, message="Name the law in 200 characters or fewer."),
        ],
    )
    explanation = TextAreaField(
        "Why is it illegal?",
        description="Quote the exact words you mean. Up to 5,000 characters.",
        filters=[tidy],
        validators=[
            DataRequired("Explain why it is illegal."),
            Length(max=LONGEST_EXPLANATION, message="Use 5,000 characters or fewer."),
        ],
    )
    name = StringField(
        "Your name",
        filters=[one_line],
        validators=[Length(max=LONGEST_NAME, message="Use 120 characters or fewer for the name.")],
    )
    email = EmailField("Your e-mail", filters=[one_line])
    good_faith = BooleanField(
        "I believe in good faith that what I say here is accurate and complete.",
        false_values=(False, "", "false", "0", "no", "off"),
        validators=[DataRequired("Tick this to confirm good faith.")],
    )

    def process(self, *given: Any, **more: Any) -> None:
        """A law in somebody's own words goes where words are shown."""
        super().process(*given, **more)
        if self.law.data and self.law.data not in LAWS:
            self.law.data, self.other_law.data = OTHER, self.law.data
            self.other_law.raw_data = [self.other_law.data]

    def validate_law(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError("Say which law, as well as you can.")

    def validate_name(self, field: StringField) -> None:
        if not field.data and self.law.data not in DANGER:
            raise ValidationError("Give your name: the law asks for it.")

    def validate_email(self, field: EmailField) -> None:
        if not field.data and self.law.data in DANGER:
            return
        if not field.data:
            raise ValidationError("Give your e-mail address: our decision goes there.")
        try:
            field.data = identity.checked_address(field.data)
        except Refused as error:
            raise ValidationError(error.sentence) from error

    def without_sender(self) -> None:
        """For somebody signed in: name and address are the account's."""
        del self.name
        del self.email

    def notice(self, *, name: str = "", email: str | None = None) -> Notice:
        """What was filled in; `name` and `email` for forms without these fields."""
        law = self.law.data
        return Notice(
            law=self.other_law.data or OTHER if law == OTHER else law,
            explanation=self.explanation.data,
            name=self.name.data if self.name else name,
            email=(self.email.data or None) if self.email else email,
            good_faith=self.good_faith.data,
            danger=law in DANGER,
        )


class ConfirmForm(PostForm):
    """A button and nothing to type."""
