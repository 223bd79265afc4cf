"""What the desk's forms mean."""

import enum
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from moderation.cases.decide import Seen
from moderation.cases.together import MOST, Another
from moderation.comments.status import Action
from moderation.forms import FilterForm, PostForm, WholeNumberField, enum_coerce, one_line, tidy
from moderation.people.roles import Role
from moderation.review.log import HOUSE, Wanted

LONGEST = 2000
TOO_MANY = f"Tick at most {MOST} others at once."
TOO_LONG = "Use 2,000 characters or fewer."
LARGEST_ID = 2**63 - 1
LATEST = 2**37  # seconds since 1970, in the year 6325: later ones are no dates in Python
NEEDS_CLAUSE = (Action.HIDE, Action.HOLD)


ACTIONS = {
    Action.APPROVE: "approved",
    Action.HIDE: "hidden",
    Action.RESTORE: "restored",
    Action.HOLD: "put on hold",
    Action.ESCALATE: "handed on",
    Action.UPHOLD: "left as it was",
    Action.UNDO: "taken back",
}


class Addressee(enum.Enum):
    LEAD = Role.LEAD.value
    LAWYER = Role.LAWYER.value


class Switch(enum.Enum):
    ON = "on"
    OFF = "off"


def _id_field(name: str = "") -> WholeNumberField:
    return WholeNumberField(
        name,
        validators=[
            InputRequired("Something is missing from this form. Open the case again."),
            NumberRange(0, LARGEST_ID, "There is no such thing. Open the case again."),
        ],
    )


class OthersField(Field):  # type: ignore[misc]  # WTForms carries no types
    """Ticked boxes, each as `others.Other.value` says what was seen; data: a list of Another."""

    SAID = re.compile(r"(\d{1,19})\.(\d{1,19})\.(\d{1,9})", re.ASCII)

    def process_data(self, value: Sequence[Another] | None) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = [self._read(value) for value in valuelist]

    def _read(self, value: str) -> Another:
        match = self.SAID.fullmatch(value)
        if match is None or max(numbers := [int(part) for part in match.groups()]) > LARGEST_ID:
            raise ValueError("What was ticked cannot be read. Open the case again.")
        comment_id, revision_id, version = numbers
        return Another(comment_id, Seen(revision_id, version))

    @property
    def values(self) -> set[str]:
        """As the boxes have them."""
        return {f"{one.comment_id}.{one.seen.revision_id}.{one.seen.version}" for one in self.data}


class ScreenForm(PostForm):
    """Which version of the case is on the screen, and since when."""

    version = _id_field()
    # when the screen was drawn, in seconds since 1970; only says what is new
    shown = WholeNumberField(validators=[Optional(), NumberRange(0, LATEST)])

    @property
    def shown_at(self) -> datetime | None:
        seconds = None if self.shown.errors else self.shown.data
        return datetime.fromtimestamp(seconds, UTC) if seconds else None


class DecisionForm(ScreenForm):
    """One decision, and what was on the screen when it was made."""

    action = SelectField(
        choices=[SelectChoice(action.value) for action in ACTIONS],
        coerce=enum_coerce(Action),
        validate_choice=False,
        validators=[InputRequired("Choose what to do with the comment.")],
    )
    clause = RadioField("Hide under", validate_choice=False, default="", filters=[one_line])
    statement = TextAreaField(
        "Statement to the author",
        filters=[tidy],
        validators=[Length(max=LONGEST, message=TOO_LONG)],
    )
    note = TextAreaField(
        "Note to colleagues",
        filters=[tidy],
        validators=[Length(max=LONGEST, message=TOO_LONG)],
    )
    to = RadioField(
        "To",
        choices=[SelectChoice(one.value) for one in Addressee],
        coerce=enum_coerce(Addressee),
        validate_choice=False,
        default=Addressee.LEAD,
    )
    revision = _id_field()
    # other comments that the same is decided about
    also = OthersField("Others", validators=[Length(max=MOST, message=TOO_MANY)])

    def validate_also(self, field: OthersField) -> None:
        if self.action.data is Action.ESCALATE and field.data:
            raise ValidationError("One comment at a time is handed on: untick the others first.")

    def validate_clause(self, field: RadioField) -> None:
        if self.needs_clause and not field.data:
            raise ValidationError("Choose the clause that it breaks.")

    def validate_note(self, field: TextAreaField) -> None:
        if self.action.data is Action.ESCALATE and not field.data:
            raise ValidationError("Say in the note why you hand it on.")

    @property
    def needs_clause(self) -> bool:
        return self.action.data in NEEDS_CLAUSE


class NoteForm(PostForm):
    """A word to colleagues, without a decision."""

    note = TextAreaField(
        "Note to colleagues",
        filters=[tidy],
        validators=[
            InputRequired("Write the note first."),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )

    def validate_note(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError("Write the note first.")


class UndoForm(PostForm):
    """alone: not what was decided together with it."""

    decision = _id_field()
    alone = BooleanField()


class KeysForm(PostForm):
    keys = SelectField(
        choices=[SelectChoice(switch.value) for switch in Switch],
        coerce=enum_coerce(Switch),
        validate_choice=False,
    )


class SkipForm(PostForm):
    """Nothing but a button."""


class LogForm(FilterForm):
    """What to look for in the log. A value nobody knows finds everything rather than nothing."""

    q = StringField("Words", default="", filters=[one_line])
    who = SelectField("By", default="", validate_choice=False, filters=[one_line])
    action = SelectField(
        "Decision",
        default="",
        validate_choice=False,
        choices=[
            SelectChoice("", "any"),
            *(SelectChoice(action.value, word) for action, word in ACTIONS.items()),
        ],
    )
    clause = SelectField("Clause", default="", validate_choice=False, filters=[one_line])
    after = StringField(default="", filters=[one_line])

    def offer(self, *, people: Mapping[int, str], clauses: Mapping[str, str], me: int) -> None:
        """Names by person id, titles by code."""
        others = {str(id_): name for id_, name in people.items() if id_ != me}
        known = {"": "everybody", str(me): "me", HOUSE: "articles\u2019 modes and checks", **others}
        self.who.choices = [SelectChoice(value, words) for value, words in known.items()]
        titles = {"": "any", **clauses}
        self.clause.choices = [SelectChoice(code, title) for code, title in titles.items()]

    @property
    def filters(self) -> dict[str, str]:
        """What is filtered by, for the address of another page."""
        return {
            name: self[name].data for name in ("q", "who", "action", "clause") if self[name].data
        }

    @property
    def wanted(self) -> Wanted:
        chosen = self.action.data
        after = self.after.data
        return Wanted(
            words=self.q.data,
            who=self.who.data,
            action=Action(chosen) if chosen in {action.value for action in Action} else None,
            clause=self.clause.data,
            after=int(after) if after.isdecimal() and len(after) < 20 else None,
        )
