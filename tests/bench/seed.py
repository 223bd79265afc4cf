"""Many comments at once, as the services would leave them: for measuring and for query plans."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, insert, literal, select, true, update

from moderation import clock, ids
from moderation.articles.models import Article
from moderation.cases.decisions import Decision, How
from moderation.comments import markup
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action, Status
from moderation.database import BigInt, db
from moderation.events.models import Event
from moderation.people.models import Person

AT_ONCE = 5000
APART = 60_000 << 21  # between the ids of two copies: a minute
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
            _insert(batch, html, article.site_id)
            batch = []
    _insert(batch, html, article.site_id)
    total = roots * (1 + replies)
    db.session.execute(
        update(Article)
        .where(Article.id == article.id)
        .values(comment_count=Article.comment_count + total, version=Article.version + 1)
    )
    return planted


def authors(count: int) -> range:
    """Ids of that many people, who have no names worth reading."""
    last = ids.new()
    made = range(last, last - count, -1)
    then = clock.now()
    rows = [
        {
            "id": id_,
            "email": f"author{id_}@example.org",
            "name": f"Author {id_ % 1000}",
            "password_hash": "",
            "confirmed_at": then,
            "created_at": then,
        }
        for id_ in made
    ]
    for first in range(0, count, AT_ONCE):
        db.session.execute(insert(Person), rows[first : first + AT_ONCE])
    return made


def copies(of: Article, count: int, *, authors: range) -> None:
    """`count` articles like `of`, each a minute older and named by a number, with their threads.

    Made by the database itself, many times faster than row by row.
    """
    numbers = select(literal(1, BigInt).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < count))
    n = numbers.c.n
    comment, article = cast("Table", Comment.__table__), cast("Table", Article.__table__)
    mine = select(Comment.id).where(Comment.article_id == of.id)
    # other authors for each copy; those of `of` are the first of them
    place = (authors[0] - comment.c.author_id + n * 50) % len(authors)
    under = {"article_id", "parent_id", "root_id", "branch_id", "revision_id"}
    slug = literal("article-").concat(n)
    _copy(article, article.c.id == of.id, n, {"id"}, {"slug": slug})
    _copy(
        comment, comment.c.article_id == of.id, n, {"id", *under}, {"author_id": authors[0] - place}
    )
    for model in (Revision, Decision):
        table = cast("Table", model.__table__)
        about = {"id", "comment_id", "revision_id"}
        _copy(table, table.c.comment_id.in_(mine), n, about, {})
    told = cast("Table", Event.__table__)
    _copy(told, told.c.id.in_(mine), n, {"id"}, {})


def _copy(
    table: Table,
    which: ColumnElement[bool],
    n: ColumnElement[int],
    shifted: Collection[str],
    other: dict[str, ColumnElement[Any]],
) -> None:
    given = {
        c.name: other.get(c.name, c - n * literal(APART, BigInt) if c.name in shifted else c)
        for c in table.c
    }
    # oldest first: an index grows best at its end
    each = table.join(n.table, true())
    rows = select(*given.values()).select_from(each).where(which).order_by(n.desc(), table.c.id)
    db.session.execute(insert(table).from_select(list(given), rows, include_defaults=False))


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


def _insert(rows: list[dict[str, Any]], html: str, site_id: int) -> None:
    """With what each of them brings along: its words, its first decision, an event."""
    if not rows:
        return
    for row in rows:
        row["revision_id"] = row["id"]
    db.session.execute(insert(Comment), rows)
    db.session.execute(
        insert(Revision),
        [
            {
                "id": row["id"],
                "comment_id": row["id"],
                "body": BODY,
                "html": html,
                "created_at": row["created_at"],
            }
            for row in rows
        ],
    )
    db.session.execute(insert(Decision), [_arrived(row, site_id) for row in rows])
    db.session.execute(insert(Event), [_told(row, site_id) for row in rows])


def _arrived(row: dict[str, Any], site_id: int) -> dict[str, Any]:
    return {
        "id": row["id"],
        "site_id": site_id,
        "comment_id": row["id"],
        "revision_id": row["id"],
        "action": Action.APPROVE,
        "status_before": Status.NEW,
        "decided_how": How.MODE,
        "detected_how": How.MODE,
        "decided_at": row["created_at"],
    }


def _told(row: dict[str, Any], site_id: int) -> dict[str, Any]:
    return {
        "id": row["id"],
        "site_id": site_id,
        "kind": "CommentSubmitted",
        "facts": {"comment_id": str(row["id"])},
        "happened_at": row["created_at"],
    }
