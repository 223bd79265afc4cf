"""Put the part of a thread together that somebody asked for, in a handful of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import joinedload

from moderation.articles import queries as articles
from moderation.articles.models import Article
from moderation.cases.decisions import Statement
from moderation.comments import queries, thread
from moderation.comments.models import Comment
from moderation.comments.queries import Place, Sort
from moderation.comments.status import Status
from moderation.comments.thread import Entry
from moderation.database import db
from moderation.errors import Missing
from moderation.people.models import Person
from moderation.reading import queries as own
from moderation.reading.asked import Asked
from moderation.sites.models import Site

ROOTS = queries.ROOTS_AT_ONCE  # on a page
REPLIES = 50  # on a page of one branch
UNFOLDED = 10  # replies below each root before the rest is folded
GONE = "There is no such comment on this page. It may be waiting for a moderator, or be gone."


@dataclass(slots=True)
class Part:
    """What a page shows of a thread."""

    entries: list[Entry] = field(default_factory=list)
    # where the next page starts; the same for the replies below the one root that is unfolded
    next: Place | None = None
    next_reply: Place | None = None
    # the root that is unfolded, and whether its first replies are left out
    unfolded_id: int | None = None
    starts_late: bool = False
    # of the viewer's own comments
    statements: dict[int, Statement] = field(default_factory=dict)
    # the decisions among them that the viewer has contested
    appealed: set[int] = field(default_factory=set)
    # of the comments with an open case, for those who may review
    cases: dict[int, int] = field(default_factory=dict)

    @property
    def ids(self) -> set[int]:
        return {entry.id for root in self.entries for entry in root.walk()}


def article(site: Site, slug: str) -> Article:
    """The article at this address, or Missing."""
    # PostgreSQL knows no text with a NUL in it
    found = (
        None
        if "\0" in slug
        else db.session.scalar(articles.BY_SLUG, {"site_id": site.id, "slug": slug})
    )
    if found is None:
        raise Missing("There is no such article. It may have moved; start from the front page.")
    return found


def part(of: Article, asked: Asked, *, viewer: Person | None, may_review: bool = False) -> Part:
    """The comments on the page that was asked for. Missing if it is about one nobody may see."""
    viewer_id = viewer.id if viewer else None
    if asked.branch is not None:
        found = _branch(of, asked.branch, after=asked.after, viewer_id=viewer_id)
    elif asked.comment is not None:
        found = _around(of, asked.comment, viewer_id=viewer_id)
    else:
        found = _page(of, asked.sort, asked.after, viewer_id=viewer_id)
        _add_first_replies(found.entries, viewer_id=viewer_id)
    _add_own(found, viewer=viewer, may_review=may_review)
    return found


def to_answer(of: Article, comment_id: int) -> Comment:
    """The published comment of this article that somebody wants to answer, or Missing."""
    found = db.session.get(
        Comment, comment_id, options=[joinedload(Comment.author), joinedload(Comment.revision)]
    )
    if found is None or found.article_id != of.id or found.status is not Status.PUBLISHED:
        raise Missing("The comment you want to answer is gone. You can still start a new one.")
    return found


def _page(of: Article, sort: Sort, after: Place | None, *, viewer_id: int | None) -> Part:
    rows = db.session.execute(
        queries.roots(of.id, sort=sort, after=after, viewer_id=viewer_id, limit=ROOTS + 1)
    ).all()
    shown = rows[:ROOTS]
    part = Part([thread.entry(row, viewer_id=viewer_id) for row in shown])
    if len(rows) > ROOTS:
        last = shown[-1]
        part.next = Place(last.reply_count if sort is Sort.DISCUSSED else 0, last.id)
    return part


def _add_first_replies(roots: Sequence[Entry], *, viewer_id: int | None) -> None:
    """The first replies below each root, in one query; the rest is folded."""
    # somebody's own waiting replies are not counted
    answered = {root.id: root for root in roots if root.reply_count or viewer_id is not None}
    if not answered:
        return
    below: dict[int, list[Any]] = {id_: [] for id_ in answered}
    asked = queries.first_replies(limit=UNFOLDED, signed_in=viewer_id is not None)
    for row in db.session.execute(asked, queries.slots(answered, viewer_id)):
        below[row.root_id].append(row)
    for id_, rows in below.items():
        thread.hang(answered[id_], rows, viewer_id=viewer_id)
        thread.fold(answered[id_])


def _branch(of: Article, root_id: int, *, after: Place | None, viewer_id: int | None) -> Part:
    """One root with a page of its replies."""
    root = _find(of, root_id)
    row = db.session.execute(queries.root(root.root_id)).one()
    part = Part([thread.entry(row, viewer_id=viewer_id)], starts_late=after is not None)
    _unfold(part, part.entries[0], after=after, viewer_id=viewer_id)
    if part.entries[0].is_tombstone and not part.entries[0].replies:
        raise Missing(GONE)
    return part


def _around(of: Article, comment_id: int, *, viewer_id: int | None) -> Part:
    """The page that starts at the root of one comment, unfolded as far as the comment."""
    comment = _find(of, comment_id)
    if not is_on_page(comment, viewer_id=viewer_id):
        raise Missing(GONE)
    at_root = Place(0, comment.root_id + 1)
    part = _page(of, Sort.NEWEST, at_root, viewer_id=viewer_id)
    if not part.entries or part.entries[0].id != comment.root_id:
        # the root has no place of its own, but somebody's waiting reply hangs there
        row = db.session.execute(queries.root(comment.root_id)).one()
        part.entries.insert(0, thread.entry(row, viewer_id=viewer_id))
    after = _page_of_replies(comment, viewer_id=viewer_id)
    part.starts_late = after is not None
    _add_first_replies(part.entries[1:], viewer_id=viewer_id)
    _unfold(part, part.entries[0], after=after, viewer_id=viewer_id)
    return part


def _page_of_replies(comment: Comment, *, viewer_id: int | None) -> Place | None:
    """Where the page of replies with `comment` on it starts; None for the first."""
    if comment.branch_id is None:
        return None
    before = db.session.execute(queries.replies_before(comment, viewer_id=viewer_id)).scalar_one()
    if before < REPLIES:
        return None
    last = before // REPLIES * REPLIES - 1
    place = queries.reply_at(comment.root_id, last, viewer_id=viewer_id)
    branch_id, reply_id = db.session.execute(place).one()
    return Place(branch_id or 0, reply_id)


def _unfold(part: Part, root: Entry, *, after: Place | None, viewer_id: int | None) -> None:
    rows = db.session.execute(
        queries.replies(root.id, after=after, viewer_id=viewer_id, limit=REPLIES + 1)
    ).all()
    thread.hang(root, rows[:REPLIES], viewer_id=viewer_id)
    part.unfolded_id = root.id
    if len(rows) > REPLIES:
        part.next_reply = thread.place_of_reply(rows[REPLIES - 1])


def _find(of: Article, comment_id: int) -> Comment:
    found = db.session.get(Comment, comment_id)
    if found is None or found.article_id != of.id:
        raise Missing(GONE)
    return found


def is_on_page(comment: Comment, *, viewer_id: int | None) -> bool:
    """Whether this viewer's thread has a place for it."""
    if comment.status is Status.PUBLISHED or comment.reply_count:
        return True
    return comment.author_id == viewer_id and comment.status is not Status.WITHDRAWN


def _add_own(part: Part, *, viewer: Person | None, may_review: bool) -> None:
    """Why the viewer's own comments are restricted; which ones wait on the desk."""
    if viewer is None:
        return
    entries = [entry for root in part.entries for entry in root.walk()]
    mine = [e.id for e in entries if e.is_mine and e.status in (Status.HIDDEN, Status.PENDING)]
    if mine:
        for statement, is_appealed in db.session.execute(own.statements(mine)):
            part.statements[statement.comment_id] = statement
            if is_appealed:
                part.appealed.add(statement.decision_id)
    if may_review and entries:
        cases = db.session.execute(own.open_cases([entry.id for entry in entries], viewer.id))
        part.cases = dict(cases.all())
