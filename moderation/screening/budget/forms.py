"""What a lead types about limits: how much may be held, how much is sampled, when it is too hot."""

from collections.abc import Sequence
from dataclasses import astuple
from math import isfinite
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    FloatField,
    HiddenField,
    RadioField,
    SelectChoice,
)
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from moderation.forms import PostForm, WholeNumberField
from moderation.screening.settings import HeatLine, Screening

MOST_SAMPLED = 5.0
STEPS = {
    "slow": "Slow mode: everybody may leave one comment in a while",
    "premoderated": "Premoderation: a moderator reads every comment before it appears",
}


def _once(field: Field) -> None:
    """What is no number is not also too small."""
    if field.process_errors:
        raise StopValidation


class Percent(FloatField):  # type: ignore[misc]  # WTForms carries no types
    """A number of percent, with a point or a comma, with or without the sign."""

    data: Any  # float, or None

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (valuelist[0] if valuelist else "").strip().removesuffix("%").strip()
        self.data = None
        if not typed:
            return
        try:
            number = float(typed.replace(",", "."))
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            raise ValueError("Write a number, such as 5 or 2.5.")
        self.data = number

    def pre_validate(self, form: Any) -> None:
        _once(self)

    def _value(self) -> str:
        """As typed; else without needless zeros."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"


class Whole(WholeNumberField):
    """A whole number, refused in our words."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise ValueError("Write a whole number.")
        self.data = int(typed)

    def pre_validate(self, form: Any) -> None:
        _once(self)


def _whole(label: str, least: int, most: int) -> Whole:
    return Whole(
        label,
        validators=[
            InputRequired(f"Write a number for “{label}”."),
            NumberRange(least, most, f"“{label}” is between {least:,} and {most:,}."),
        ],
    )


class LimitsForm(PostForm):
    """All of them, on one page. seen: what counted when the page was drawn, see `mark_of`."""

    seen = HiddenField()
    hold_share = Percent(
        "Hold at most, in percent of all comments",
        validators=[
            Optional(),
            NumberRange(0, 100, "The share that is held is between 0 and 100 percent."),
        ],
    )
    sampled = Percent(
        "Sample, in percent of the comments that no check named",
        validators=[
            InputRequired("Write how much is sampled; 0 for nothing."),
            NumberRange(
                0, MOST_SAMPLED, f"Sample between 0 and {MOST_SAMPLED:g} percent of the comments."
            ),
        ],
    )
    is_on = BooleanField("Slow an article down by itself when too much happens under it")
    comments = _whole("Comments in ten minutes", 1, 1000)
    reports = _whole("Reports in ten minutes", 1, 1000)
    at_risk = _whole("Comments at risk in ten minutes", 1, 1000)
    step = RadioField(
        "What happens then",
        choices=[SelectChoice(step, words) for step, words in STEPS.items()],
        validators=[InputRequired("Choose what happens then.")],
    )
    seconds_between = _whole("Seconds between two comments of one author", 10, 3600)
    minutes = _whole("Minutes until it ends", 5, 1440)

    def heat(self) -> HeatLine:
        return HeatLine(
            is_on=self.is_on.data,
            comments=self.comments.data,
            reports=self.reports.data,
            at_risk=self.at_risk.data,
            step=self.step.data,
            seconds_between=self.seconds_between.data,
            minutes=self.minutes.data,
        )


def mark_of(chosen: Screening) -> str:
    """The limits as one word: another one if somebody changed them."""
    limits = (chosen.hold_share, chosen.sampled, *astuple(chosen.heat))
    return " ".join(map(str, limits))


def filled(chosen: Screening) -> LimitsForm:
    """The form with what counts now."""
    line = chosen.heat
    return LimitsForm(
        formdata=None,
        seen=mark_of(chosen),
        hold_share=chosen.hold_share,
        sampled=chosen.sampled,
        is_on=line.is_on,
        comments=line.comments,
        reports=line.reports,
        at_risk=line.at_risk,
        step=line.step,
        seconds_between=line.seconds_between,
        minutes=line.minutes,
    )
