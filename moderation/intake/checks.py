"""What a comment may say, as text. Raises Refused with a sentence."""

import re

from moderation.errors import Refused
from moderation.forms import tidy

LONGEST_BODY = 5000  # code points
# look like nothing, and are letters or symbols by name
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_SUBMISSION = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def checked_body(typed: str) -> str:
    """The comment as it is kept."""
    body = tidy(typed)
    if not any(_is_visible(character) for character in body):
        raise Refused("Write something first.")
    if len(body) > LONGEST_BODY:
        raise Refused(
            f"A comment has at most {LONGEST_BODY:,} characters, and yours has {len(body):,}. "
            "Shorten it, or make it two."
        )
    return body


def checked_submission(given: str | None) -> str | None:
    """What makes a form sent twice one comment; None if the form has none."""
    if not given:
        return None
    if not _SUBMISSION.fullmatch(given):
        raise Refused("This form was changed on its way. Send it again.")
    return given


def _is_visible(character: str) -> bool:
    """Quote marks alone say nothing either."""
    return (
        character.isprintable()
        and not character.isspace()
        and character not in _BLANK
        and character != ">"
    )
