"""What is written in an appeal, and in the answer to one."""

from collections.abc import Sequence

from wtforms import HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from moderation.cases.decisions import AppealOutcome
from moderation.forms import PostForm, WholeNumberField, enum_coerce, tidy

LONGEST_APPEAL = 2000
LONGEST_STATEMENT = 2000
LARGEST = 2**63 - 1


class AppealForm(PostForm):
    text = TextAreaField(
        "Why do you think we got it wrong?",
        description="Up to 2,000 characters.",
        filters=[tidy],
        validators=[
            DataRequired("Say why you think we got it wrong."),
            Length(max=LONGEST_APPEAL, message="Use 2,000 characters or fewer."),
        ],
    )
    token = HiddenField()


class OutcomeForm(PostForm):
    """Whether the contested decision stands. `offer` says which clauses there are."""

    outcome = RadioField(
        "What becomes of the decision?",
        choices=[
            SelectChoice(AppealOutcome.UPHELD.value, "It stands"),
            SelectChoice(AppealOutcome.REVERSED.value, "It was wrong: reverse it"),
        ],
        coerce=enum_coerce(AppealOutcome),
        validate_choice=False,
        validators=[InputRequired("Say whether the decision stands.")],
    )
    clause = SelectField("Clause, if the comment is to come off the page", validate_choice=False)
    statement = TextAreaField(
        "Reasons",
        description="Sent to whoever appealed, and to the author if the comment is hidden.",
        filters=[tidy],
        validators=[
            Optional(),
            Length(max=LONGEST_STATEMENT, message="Use 2,000 characters or fewer."),
        ],
    )
    note = TextAreaField(
        "Note to colleagues",
        filters=[tidy],
        validators=[
            Optional(),
            Length(max=LONGEST_STATEMENT, message="Use 2,000 characters or fewer."),
        ],
    )
    revision = WholeNumberField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=0, max=LARGEST)]
    )
    version = WholeNumberField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=0, max=LARGEST)]
    )

    def offer(self, clauses: Sequence[tuple[str, str]]) -> None:
        """clauses: (code, title), in the policy's order."""
        known = [("", "None"), *clauses]
        self.clause.choices = [SelectChoice(code, title) for code, title in known]
