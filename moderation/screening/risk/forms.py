"""The buttons about one learned model: the one that was on the screen."""

from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from moderation.forms import PostForm


class ModelForm(PostForm):
    model_id = IntegerField(
        widget=HiddenField.widget,
        validators=[InputRequired("Open the page again."), NumberRange(1, 2**63 - 1)],
    )
