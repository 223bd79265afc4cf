"""The comment among what it answers and what answers it."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.review import dossier, words

# the word on the badge, and its tone
BADGES = {
    Status.NEW: ("new", "wait"),
    Status.PENDING: ("waiting", "wait"),
    Status.PUBLISHED: ("published", "good"),
    Status.HIDDEN: ("hidden", "stop"),
    Status.WITHDRAWN: ("withdrawn", "wait"),
}


@dataclass(frozen=True)
class Turn:
    """One comment as it is shown. kind: "" for what comes before, "subject" or "reply"."""

    comment: Comment
    kind: str
    ago: str

    @property
    def html(self) -> Markup:
        return Markup(self.comment.revision.html)  # noqa: S704  # made by the sanitiser

    @property
    def is_gone(self) -> bool:
        """Nobody else's withdrawn words are shown."""
        return self.kind != "subject" and self.comment.status is Status.WITHDRAWN

    @property
    def badge(self) -> tuple[str, str] | None:
        plain = self.kind != "subject" and self.comment.status is Status.PUBLISHED
        return None if plain else BADGES[self.comment.status]


def turns(comment: Comment, now: datetime) -> list[Turn]:
    """In reading order; `comment` itself is the subject."""
    around = db.session.scalars(dossier.conversation(comment)).all()
    before = [c for c in around if c.parent_id != comment.id]
    after = [c for c in around if c.parent_id == comment.id]
    told = [(c, "") for c in before] + [(comment, "subject")] + [(c, "reply") for c in after]
    return [Turn(c, kind, words.ago(c.created_at, now)) for c, kind in told]
