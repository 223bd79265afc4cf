"""The desk as a page, or as the piece of it that a script swaps in."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, get_flashed_messages, make_response, render_template, url_for

from moderation import around
from moderation.cases.stale import OthersMovedOn
from moderation.people.guard import somebody
from moderation.review import history, why, words
from moderation.review.card import Card
from moderation.review.forms import DecisionForm
from moderation.review.history import Line
from moderation.review.moved import Moved
from moderation.review.queries import COUNTED, Desk
from moderation.review.service import Lane
from moderation.screening.health import page as checks
from moderation.sites import service as sites
from moderation.web import wants_piece


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
    others_moved_on: OthersMovedOn | None = None,
    code: int = 200,
    at: str = "",
) -> Response:
    """A card, or the empty desk.

    form: what was typed and not stored; changes, others_moved_on: why it was not; at: the page's
    address, if it is not the desk's own.
    """
    template = "review/_desk.html" if wants_piece() else "review/desk.html"
    body = render_template(
        template,
        card=card,
        last=card.last if card else _last(desk),
        waiting=[_waiting(lane, desk.now) for lane in lanes],
        troubles=checks.line(sites.current()),
        late=around.late_letters(),
        is_redis_left_alone=around.is_redis_left_alone(),
        form=form or DecisionForm(formdata=None),
        changes=changes,
        refused=_refused(card, others_moved_on) if card and others_moved_on else (),
        # on a page its frame says them
        told=get_flashed_messages(with_categories=True) if wants_piece() else (),
        address=at or url_for("review.desk"),
        now=desk.now,
    )
    return make_response(body, code)


def _last(desk: Desk) -> Line | None:
    return history.last_decision(somebody(), now=desk.now)


def _waiting(lane: Lane, now: datetime) -> Waiting:
    return Waiting(
        words=why.waiting(lane.number, lane.count, COUNTED),
        first=words.due(lane.due_at, now)
        if lane.count == 1
        else f"the first {words.due(lane.due_at, now)}",
        tone=why.tone(lane.due_at, now),
    )


def _refused(card: Card, moved_on: OthersMovedOn) -> list[tuple[str, str]]:
    """(whose comment, why it cannot be decided now) of each."""
    authors = {one.comment.id: one.comment.author.name for one in card.beside.listed}
    return [(authors.get(id_, ""), sentence) for id_, sentence in moved_on.why.items()]
