"""The button that lets a check look at what it has missed."""

from wtforms import HiddenField
from wtforms.validators import AnyOf

from moderation.forms import PostForm
from moderation.screening.settings import PHASES


class CheckForm(PostForm):
    phase = HiddenField(validators=[AnyOf(list(PHASES), "There is no such check.")])
