"""What all forms share."""

import enum
from collections.abc import Sequence
from typing import Any, TypeVar

from flask import request, session
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Form, IntegerField

Member = TypeVar("Member", bound=enum.Enum)

LEFT_OPEN = "This page was open for too long, and nothing was done. Send it once more."

CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n"} | {127: None}


class PostForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A form that changes something.

    Signed in it carries a token; signed out `web` looks at where the request comes from, so that
    pages shared by everybody carry none.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        @property
        def csrf(self) -> bool:
            return "sign_in" in session

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed; neither files nor JSON, which Flask-WTF takes for fields too."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return (request.form or None) if request.method == "POST" else None

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A wrong token is said in our words, and by the form: the field cannot be seen."""
        fine = bool(super().validate(*args, **kwargs))
        if "csrf_token" in self and self.csrf_token.errors:
            self.csrf_token.errors = []
            self.form_errors.append(LEFT_OPEN)
        return fine


class WholeNumberField(IntegerField):  # type: ignore[misc]  # WTForms carries no types
    """One that the database can hold; of a longer one not even its range can be looked at."""

    data: Any  # int, or None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) >= 2**63:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


class FilterForm(Form):  # type: ignore[misc]  # WTForms carries no types
    """A form whose fields are in the address: sort orders, filters, search."""


def tidy(text: str | None) -> str:
    """As typed, but one kind of line end, no control characters, no lone surrogates, stripped."""
    if not text:
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL)
    return text.encode("utf-8", "ignore").decode("utf-8").strip()


def one_line(text: str | None) -> str:
    """`tidy`, with every run of white space as one space."""
    return " ".join(tidy(text).split())


def enum_coerce(kind: type[Member]) -> Any:
    """Turns a posted value into a member; a value nobody knows is a field error."""

    def coerce(value: Any) -> Member:
        return value if isinstance(value, kind) else kind(value)

    return coerce
