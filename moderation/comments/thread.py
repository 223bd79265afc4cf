"""The thread as it is drawn: rows of `queries` put into a tree of three levels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from moderation.comments.queries import Place
from moderation.comments.status import Status


@dataclass(slots=True)
class Entry:
    """One comment, or what is left of it, with the replies drawn below it."""

    id: int
    author: str
    html: Markup
    created_at: datetime
    status: Status
    is_mine: bool
    # published replies below, wherever they are shown
    reply_count: int
    # whom it answers, if the page does not show it by its place; the name may be gone
    answers_id: int | None = None
    answers_name: str | None = None
    replies: "list[Entry]" = field(default_factory=list)
    # replies that are folded away, and where the next ones start
    folded: int = 0

    @property
    def is_tombstone(self) -> bool:
        """Whether nothing but its place is shown."""
        if self.status is Status.WITHDRAWN:
            return True
        return self.status is not Status.PUBLISHED and not self.is_mine

    def walk(self) -> "Iterator[Entry]":
        """Itself and everything drawn below it."""
        yield self
        for reply in self.replies:
            yield from reply.walk()


def entry(row: Any, *, viewer_id: int | None) -> Entry:
    # the sanitiser made it when it was written, see `markup`
    html = Markup(row.html)  # noqa: S704
    return Entry(
        id=row.id,
        author=row.author_name,
        html=html,
        created_at=row.created_at,
        status=row.status,
        is_mine=viewer_id is not None and row.author_id == viewer_id,
        reply_count=row.reply_count,
    )


def hang(top: Entry, rows: Iterable[Any], *, viewer_id: int | None) -> None:
    """Put replies (rows in tree order) below their root.

    A reply whose branch starts before the first row stands one level higher and says whom it
    answers.
    """
    branches: dict[int, Entry] = {}
    for row in rows:
        reply = entry(row, viewer_id=viewer_id)
        branch = branches.get(row.branch_id)
        if row.id == row.branch_id:
            branches[row.id] = reply
        elif branch is None or row.parent_id != branch.id:
            reply.answers_id, reply.answers_name = row.parent_id, row.parent_name
        (branch or top).replies.append(reply)


def fold(top: Entry) -> None:
    """Count the published replies of a root that are not drawn."""
    drawn = sum(below.status is Status.PUBLISHED for below in top.walk()) - (
        top.status is Status.PUBLISHED
    )
    top.folded = max(top.reply_count - drawn, 0)


def place_of_reply(row: Any) -> Place:
    return Place(row.branch_id, row.id)
