"""What is typed about the second step."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from moderation.forms import PostForm, one_line
from moderation.people.forms import ConfirmForm

CODE_MISSING = InputRequired("Enter a code.")
NEW_CODE_MISSING = InputRequired("Enter the code.")


class CodeForm(PostForm):
    """At sign-in, half way in: the one form of a reader that carries a token."""

    code = StringField("Code", filters=[one_line], validators=[CODE_MISSING])

    class Meta(PostForm.Meta):
        csrf = True


class ProofForm(ConfirmForm):
    """For whoever changes their second step: the password, and a code of the present one."""

    code = StringField("Code", filters=[one_line], validators=[CODE_MISSING])


class SetUpForm(ConfirmForm):
    """For the first time."""

    new_code = StringField("Code from the app", filters=[one_line], validators=[NEW_CODE_MISSING])
    next = HiddenField()


class AnotherPhoneForm(SetUpForm):
    """The present second step vouches for the new one."""

    code = StringField(
        "Code from your present phone", filters=[one_line], validators=[CODE_MISSING]
    )
    new_code = StringField(
        "Code from the new phone", filters=[one_line], validators=[NEW_CODE_MISSING]
    )
