"""What all forms share."""

import enum
from typing import Any, TypeVar

from flask import session
from flask_wtf import FlaskForm
from wtforms import Form
from wtforms.validators import ValidationError

Member = TypeVar("Member", bound=enum.Enum)

LEFT_OPEN = "This page was open for too long, and nothing was done. Send it once more."

CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n"} | {127: None}


class _Csrf(FlaskForm.Meta.csrf_class):  # type: ignore[misc]  # Flask-WTF carries no types
    """Flask-WTF's token, with a sentence that says what to do."""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        try:
            super().validate_csrf_token(form, field)
        except ValidationError as error:
            raise ValidationError(
                "This page was open for too long, or you signed in again. Send it once more."
            ) from error


class PostForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A form that changes something.

    Signed in it carries a token; signed out `web` looks at where the request comes from, so that
    pages shared by everybody carry none.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf_class = _Csrf

        @property
        def csrf(self) -> bool:
            return "sign_in" in session

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A wrong token is said in our words, and by the form: the field cannot be seen."""
        fine = bool(super().validate(*args, **kwargs))
        if "csrf_token" in self and self.csrf_token.errors:
            self.csrf_token.errors = []
            self.form_errors.append(LEFT_OPEN)
        return fine


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
