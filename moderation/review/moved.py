"""What moved while somebody was deciding: who did what, and how the words differ."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.database import db
from moderation.review import dossier
from moderation.review.card import Card
from moderation.review.history import Line, withdrawn_since
from moderation.review.reported import Reported

PIECES = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Moved:
    """decisions: newest first; pieces: (tag, text) with tag "del", "ins" or "" if words changed."""

    decisions: Sequence[Line]
    reports: Sequence[Reported]
    pieces: Sequence[tuple[str, str]]
    is_withdrawn: bool


def moved(card: Card, *, revision_id: int, since: datetime | None) -> Moved:
    """Everything since the screen was drawn; if that is unknown, the newest decision."""
    decided = [line for line in reversed(card.history) if line.by_id is not None]
    if since is None:
        decided, fresh = decided[:1], []
    else:
        decided = [line for line in decided if line.at >= since]
        fresh = [one for one in card.reports if one.report.created_at >= since]
    return Moved(
        decisions=decided,
        reports=fresh,
        pieces=_words_since(card, revision_id),
        is_withdrawn=withdrawn_since(card.comment, since),
    )


def _words_since(card: Card, revision_id: int) -> list[tuple[str, str]]:
    comment = card.comment
    if revision_id == comment.revision_id:
        return []
    seen = db.session.scalar(dossier.revision(comment.id, revision_id))
    return difference(seen.body, comment.revision.body) if seen else []


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Word by word: (tag, text) in reading order, what went before what came."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    pieces: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("", "".join(old[i:j])))
            continue
        if j > i:
            pieces.append(("del", "".join(old[i:j])))
        if end > k:
            pieces.append(("ins", "".join(new[k:end])))
    return pieces
