"""A lead's button under an article's heat."""

from moderation.forms import PostForm


class CoolForm(PostForm):
    """A button and nothing to type."""
