"""What a lead types about the checks."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from wtforms import BooleanField, FloatField, HiddenField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from moderation.forms import PostForm, enum_coerce
from moderation.screening.control.about import LANGUAGES
from moderation.screening.settings import Bars
from moderation.screening.verdict import PhaseMode

A_SCORE = "A score is a number above 0, and at most 1, such as 0.85."


class Score(FloatField):  # type: ignore[misc]  # WTForms carries no types
    """A score, with a point or a comma; empty is never. `data` is None then, or if it is none."""

    data: float | None

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not typed:
            return
        try:
            number = float(typed.replace(",", "."))
        except ValueError:
            number = float("nan")
        if not (isfinite(number) and 0 < number <= 1):
            raise ValueError(A_SCORE)
        self.data = number

    def _value(self) -> str:
        """As typed; else without needless zeros."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"


class ModeForm(PostForm):
    """The switch of one check. seen: how it stood."""

    mode = SelectField(
        choices=[SelectChoice(mode.value) for mode in PhaseMode],
        coerce=enum_coerce(PhaseMode),
        validators=[InputRequired("Choose off, shadow or live.")],
    )
    seen = SelectField(
        choices=[SelectChoice(mode.value) for mode in PhaseMode],
        coerce=enum_coerce(PhaseMode),
        validators=[InputRequired("Open the page again.")],
    )


class BarsForm(PostForm):
    """The scores of one check's parts; see `bars_form`. checkers: in the order of the fields."""

    seen = HiddenField()
    checkers: tuple[str, ...] = ()

    def pair(self, checker: str) -> tuple[Any, Any]:
        """The two fields of a part: reports from, holds from."""
        return self[_name("report", checker)], self[_name("hold", checker)]

    def bars(self) -> dict[str, Bars]:
        return {c: Bars(*(field.data for field in self.pair(c))) for c in self.checkers}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What is held is reported, so holding cannot begin sooner."""
        fine = super().validate(*args, **kwargs)
        for checker in self.checkers:
            report, hold = self.pair(checker)
            if report.errors or hold.errors or hold.data is None:
                continue
            if report.data is None or hold.data < report.data:
                hold.errors = [
                    "What is held is reported too: give a score for reporting, not above this one."
                ]
                fine = False
        return fine


def bars_form(shown: Mapping[str, Bars], **given: Any) -> BarsForm:
    """With two fields for each checker. shown: what stands in them at first."""
    fields: dict[str, Any] = {"checkers": tuple(shown)}
    for checker, bars in shown.items():
        fields[_name("report", checker)] = Score("Reports from", default=bars.report_at)
        fields[_name("hold", checker)] = Score("Holds from", default=bars.hold_at)
    kind = type("PhaseBarsForm", (BarsForm,), fields)
    form: BarsForm = kind(**given)
    return form


class MannersForm(PostForm):
    """What is asked of authors, and the language they write in."""

    nudge = BooleanField("Ask authors before posting when a live check names a clause")
    language = SelectField(
        "The site’s language",
        choices=[
            SelectChoice(code, name)
            for code, name in sorted(LANGUAGES.items(), key=lambda one: one[1])
        ],
        validators=[InputRequired("Choose the site’s language.")],
    )
    seen = HiddenField()


def _name(kind: str, checker: str) -> str:
    """A name that may also be an id in a page."""
    return f"{kind}-{checker.replace(':', '-')}"
