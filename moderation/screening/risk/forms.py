"""The buttons about one learned model: the one that was on the screen."""

from wtforms import HiddenField
from wtforms.validators import InputRequired, NumberRange

from moderation.forms import PostForm, WholeNumberField


class ModelForm(PostForm):
    model_id = WholeNumberField(
        widget=HiddenField.widget,
        validators=[InputRequired("Open the page again."), NumberRange(1, 2**63 - 1)],
    )
