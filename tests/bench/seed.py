"""Many comments at once, as the services would leave them: for measuring and for query plans."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert, update

from moderation import clock, ids
from moderation.articles.models import Article
from moderation.comments import markup
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Status
from moderation.database import db

AT_ONCE = 5000
BODY = """It was closed for *a whole summer* in the nineties, as everybody down here remembers.

> The third pier is the point.

Then say so, and say what it costs: https://example.org/minutes?page=31"""


def thread(article: Article, authors: Sequence[int], *, roots: int, replies: int = 0) -> list[int]:
    """Published comments: `roots` at the top with `replies` below each. The roots' ids."""
    html, planted, batch = markup.render(BODY), [], []
    for row in _rows(article.id, authors, roots=roots, replies=replies):
        if row["id"] == row["root_id"]:
            planted.append(row["id"])
        batch.append(row)
        if len(batch) == AT_ONCE:
            _insert(batch, html)
            batch = []
    _insert(batch, html)
    total = roots * (1 + replies)
    db.session.execute(
        update(Article)
        .where(Article.id == article.id)
        .values(comment_count=Article.comment_count + total, version=Article.version + 1)
    )
    return planted


def _rows(
    article_id: int, authors: Sequence[int], *, roots: int, replies: int
) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for number in range(roots):
        root = ids.new()
        # every third reply starts a branch, the others answer the reply before them
        branches = [(place, min(3, replies - place) - 1) for place in range(0, replies, 3)]
        common = {
            "article_id": article_id,
            "root_id": root,
            "status": Status.PUBLISHED,
            "created_at": now,
        }
        yield {
            **common,
            "id": root,
            "parent_id": None,
            "branch_id": None,
            "author_id": authors[number % len(authors)],
            "reply_count": replies,
        }
        for place, below in branches:
            branch = parent = ids.new()
            yield {
                **common,
                "id": branch,
                "parent_id": root,
                "branch_id": branch,
                "author_id": authors[(number + place) % len(authors)],
                "reply_count": below,
            }
            for deep in range(below):
                reply = ids.new()
                yield {
                    **common,
                    "id": reply,
                    "parent_id": parent,
                    "branch_id": branch,
                    "author_id": authors[(number + place + deep) % len(authors)],
                    "reply_count": below - deep - 1 and 1,
                }
                parent = reply


def _insert(rows: list[dict[str, Any]], html: str) -> None:
    if not rows:
        return
    for row in rows:
        row["revision_id"] = ids.new()
    db.session.execute(insert(Comment), rows)
    db.session.execute(
        insert(Revision),
        [
            {
                "id": row["revision_id"],
                "comment_id": row["id"],
                "body": BODY,
                "html": html,
                "created_at": row["created_at"],
            }
            for row in rows
        ],
    )
