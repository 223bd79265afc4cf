"""What people type about their own account."""

from wtforms import EmailField, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from moderation.errors import Refused
from moderation.forms import PostForm, one_line
from moderation.people import identity, passwords

EMAIL_MISSING = InputRequired("Enter your e-mail address.")
PASSWORD_MISSING = InputRequired("Enter your password.")
ADDRESS_LENGTH = Length(max=254, message="No e-mail address is longer than 254 characters.")


class ButtonForm(PostForm):
    """A button and nothing to type."""


class NameForm(PostForm):
    name = StringField("Name", filters=[one_line], validators=[InputRequired("Enter a name.")])

    def validate_name(self, field: StringField) -> None:
        try:
            identity.checked_name(field.data or "")
        except Refused as error:
            raise ValidationError(error.sentence) from error


class SignUpForm(NameForm):
    email = EmailField("E-mail", filters=[one_line], validators=[EMAIL_MISSING, ADDRESS_LENGTH])
    password = PasswordField("Password", validators=[InputRequired("Choose a password.")])
    next = HiddenField()

    def validate_email(self, field: EmailField) -> None:
        try:
            identity.checked_address(field.data or "")
        except Refused as error:
            raise ValidationError(error.sentence) from error

    def validate_password(self, field: PasswordField) -> None:
        _take(field, self.email.data or "")


class SignInForm(PostForm):
    email = EmailField("E-mail", filters=[one_line], validators=[EMAIL_MISSING, ADDRESS_LENGTH])
    password = PasswordField("Password", validators=[PASSWORD_MISSING])
    next = HiddenField()


class ConfirmForm(PostForm):
    """Confirms an address in a browser where its owner is not signed in."""

    password = PasswordField("Your password", validators=[PASSWORD_MISSING])


class ForgottenPasswordForm(PostForm):
    email = EmailField("E-mail", filters=[one_line], validators=[EMAIL_MISSING, ADDRESS_LENGTH])


class NewPasswordForm(PostForm):
    """owner: whose password, an address that must not be in it."""

    new_password = PasswordField("New password", validators=[InputRequired("Choose a password.")])
    owner = ""

    def validate_new_password(self, field: PasswordField) -> None:
        _take(field, self.owner)


class ChangePasswordForm(NewPasswordForm):
    old_password = PasswordField(
        "Present password", validators=[InputRequired("Enter your present password.")]
    )


def _take(field: PasswordField, email: str) -> None:
    if sentence := passwords.refusal(field.data or "", email=email):
        raise ValidationError(sentence)
