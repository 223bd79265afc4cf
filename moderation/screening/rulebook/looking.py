"""What the other phases say about a text: they stand above this room, and are lent to it."""

from collections.abc import Callable, Sequence

from flask import Flask, current_app

from moderation.screening.rulebook.facts import Said, said
from moderation.screening.subject import Subject
from moderation.screening.verdict import Verdict
from moderation.sites.models import Site

Look = Callable[[Site, Subject], Sequence[Verdict]]

_NAME = "rulebook.look"


def init_app(app: Flask, look: Look) -> None:
    """look: every phase but the rules, over one text."""
    app.extensions[_NAME] = look


def others_say(site: Site, subject: Subject) -> Sequence[Said]:
    """Nothing if nobody lent us the phases."""
    look: Look | None = current_app.extensions.get(_NAME)
    return said(look(site, subject)) if look else ()
