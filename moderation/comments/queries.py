"""What a thread is asked for: plain columns, in the order they are shown.

A comment has a place in the thread if it is published, if published replies hang below it (it is
then a tombstone), or if it is the viewer's own. Replies are in tree order by (branch_id, id).
"""

import enum
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from moderation.articles.models import Article
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Status
from moderation.database import BigInt
from moderation.people.models import Person

# an article, freshly read, whose thread nobody else changes until the commit
LOCKED = (
    select(Article)
    .where(Article.id == bindparam("article_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
SET_STATUS = (
    update(Comment).where(Comment.id == bindparam("comment")).values(status=bindparam("standing"))
)
# an article's count from its rows, and its next version
RECOUNT = (
    update(Article)
    .where(Article.id == bindparam("article"))
    .values(
        comment_count=select(func.count())
        .where(
            Comment.article_id == bindparam("article"),
            Comment.status == Status.PUBLISHED,
        )
        .scalar_subquery(),
        version=Article.version + 1,
    )
)


class Sort(enum.Enum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DISCUSSED = "discussed"


class Place(NamedTuple):
    """Where a page of roots or replies starts: behind the row with these values.

    first: the reply count (discussed) or the branch (replies); 0 where only ids count.
    """

    first: int
    id: int


_parent = aliased(Comment)
_parent_author = aliased(Person)


def _own_columns(of: type[Comment]) -> tuple[InstrumentedAttribute[Any], ...]:
    return (
        of.id,
        of.parent_id,
        of.root_id,
        of.branch_id,
        of.author_id,
        of.status,
        of.reply_count,
        of.created_at,
    )


def _has_place(viewer_id: int | BindParameter[int] | None) -> ColumnElement[bool]:
    seen = or_(Comment.status == Status.PUBLISHED, Comment.reply_count > 0)
    if viewer_id is None:
        return seen
    mine = and_(Comment.author_id == viewer_id, Comment.withdrawn_at.is_(None))
    return or_(seen, mine)


def _shown(of: type[Comment], *more: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*_own_columns(of), Person.name.label("author_name"), Revision.html, *more)
        .select_from(of)
        .join(Person, Person.id == of.author_id)
        .join(Revision, Revision.id == of.revision_id)
    )


def _with_parents(of: type[Comment]) -> Select[*tuple[Any, ...]]:
    """Replies with the name of whom they answer, while that is published."""
    return (
        _shown(of, _parent_author.name.label("parent_name"))
        .outerjoin(_parent, and_(_parent.id == of.parent_id, _parent.status == Status.PUBLISHED))
        .outerjoin(_parent_author, _parent_author.id == _parent.author_id)
    )


def roots(
    article_id: int,
    *,
    sort: Sort,
    after: Place | None,
    viewer_id: int | None,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    """A page of top-level comments. `parent_id` stands in the order because the index has it."""
    # the filter names no other table, so that only rows of the page are joined
    found = _shown(Comment).where(
        Comment.article_id == article_id, Comment.parent_id.is_(None), _has_place(viewer_id)
    )
    if sort is Sort.OLDEST:
        if after:
            found = found.where(Comment.id > after.id)
        return found.order_by(Comment.parent_id, Comment.id).limit(limit)
    if sort is Sort.NEWEST:
        if after:
            found = found.where(Comment.id < after.id)
        return found.order_by(Comment.parent_id.desc(), Comment.id.desc()).limit(limit)
    if after:
        found = found.where(tuple_(Comment.reply_count, Comment.id) < tuple_(*after))
    return found.order_by(
        Comment.parent_id.desc(), Comment.reply_count.desc(), Comment.id.desc()
    ).limit(limit)


def root(root_id: int) -> Select[*tuple[Any, ...]]:
    return _shown(Comment).where(Comment.id == root_id)


def _reply_ids(root_id: int, viewer_id: int | None) -> Select[int]:
    return select(Comment.id).where(
        Comment.root_id == root_id, Comment.branch_id.is_not(None), _has_place(viewer_id)
    )


def replies(
    root_id: int, *, after: Place | None, viewer_id: int | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """A page of the replies below one root."""
    found = _with_parents(Comment).where(
        Comment.root_id == root_id, Comment.branch_id.is_not(None), _has_place(viewer_id)
    )
    if after:
        found = found.where(tuple_(Comment.branch_id, Comment.id) > tuple_(*after))
    return found.order_by(Comment.branch_id, Comment.id).limit(limit)


ROOTS_AT_ONCE = 50


@cache
def first_replies(*, limit: int, signed_in: bool) -> Select[*tuple[Any, ...]]:
    """The first `limit` replies below each of ROOTS_AT_ONCE roots: an index range each.

    Run it with `slots(...)`. Putting it together takes longer than running it, so it is kept.
    """
    viewer = bindparam("viewer", type_=BigInt) if signed_in else None
    parts = [
        select(*_own_columns(Comment), Comment.revision_id)
        .where(
            Comment.root_id == bindparam(f"root_{number}", type_=BigInt),
            Comment.branch_id.is_not(None),
            _has_place(viewer),
        )
        .order_by(Comment.branch_id, Comment.id)
        .limit(limit)
        .subquery(f"below_{number}")
        for number in range(ROOTS_AT_ONCE)
    ]
    chosen = aliased(Comment, union_all(*(select(part) for part in parts)).subquery("chosen"))
    return _with_parents(chosen).order_by(chosen.root_id, chosen.branch_id, chosen.id)


def slots(root_ids: Collection[int], viewer_id: int | None) -> dict[str, int]:
    """Parameters for `first_replies`; what is left over asks for nobody's replies."""
    filled = [*root_ids, *[0] * (ROOTS_AT_ONCE - len(root_ids))]
    given = {f"root_{number}": root_id for number, root_id in enumerate(filled)}
    return given if viewer_id is None else {**given, "viewer": viewer_id}


def replies_before(comment: Comment, *, viewer_id: int | None) -> Select[int]:
    """How many replies of its root stand before `comment`."""
    place = tuple_(comment.branch_id, comment.id)
    before = _reply_ids(comment.root_id, viewer_id).where(
        tuple_(Comment.branch_id, Comment.id) < place
    )
    return select(func.count()).select_from(before.subquery())


def reply_at(root_id: int, number: int, *, viewer_id: int | None) -> Select[int | None, int]:
    """The place (branch, id) of a root's `number`th reply, from 0."""
    return (
        _reply_ids(root_id, viewer_id)
        .with_only_columns(Comment.branch_id, Comment.id)
        .order_by(Comment.branch_id, Comment.id)
        .offset(number)
        .limit(1)
    )


def on_site(comment_id: int, site_id: int) -> Select[Comment, str]:
    """The comment with its article's slug, if both are on this site."""
    return (
        select(Comment, Article.slug)
        .join(Article, Article.id == Comment.article_id)
        .where(Comment.id == comment_id, Article.site_id == site_id)
    )
