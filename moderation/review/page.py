"""The desk as a page, or as the piece of it that a script swaps in."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, render_template, url_for

from moderation.people.guard import somebody
from moderation.review import card as cards
from moderation.review import why, words
from moderation.review.card import Card, Line
from moderation.review.forms import DecisionForm
from moderation.review.moved import Moved
from moderation.review.queries import COUNTED, Desk
from moderation.review.service import Lane
from moderation.web import wants_piece
from moderation.screening.health import page as checks
from moderation.sites import service as sites


@dataclass(frozen=True)
class Waiting:
    """One lane in words. tone: "late", "soon" or ""."""

    words: str
    first: str
    tone: str


def show(
    desk: Desk,
    lanes: tuple[Lane, ...],
    card: Card | None,
    *,
    form: DecisionForm | None = None,
    changes: Moved | None = None,
    code: int = 200,
    at: str = "",
) -> Response:
    """A card, or the empty desk.

    form: what was typed and not stored; changes: why it was not; at: the page's address, if it is
    not the desk's own.
    """
    template = "review/_desk.html" if wants_piece() else "review/desk.html"
    body = render_template(
        template,
        card=card,
        last=card.last if card else _last(desk),
        waiting=[_waiting(lane, desk.now) for lane in lanes],
        form=form or DecisionForm(formdata=None),
        changes=changes,
        troubles=checks.line(sites.current()),
        address=at or url_for("review.desk"),
        now=desk.now,
    )
    return make_response(body, code)


def _last(desk: Desk) -> Line | None:
    return cards.last_decision(somebody(), now=desk.now)


def _waiting(lane: Lane, now: datetime) -> Waiting:
    return Waiting(
        words=why.waiting(lane.number, lane.count, COUNTED),
        first=words.due(lane.due_at, now)
        if lane.count == 1
        else f"the first {words.due(lane.due_at, now)}",
        tone=why.tone(lane.due_at, now),
    )
