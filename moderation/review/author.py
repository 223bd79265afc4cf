"""What is known of somebody who comments: their last comments by status, and sanctions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, func, literal, null, select, type_coerce, union_all

from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import BigInt, Utc, db
from moderation.people.models import Person, Sanction, SanctionKind
from moderation.review import brigade, words
from moderation.review.brigade import Before

REMEMBERED = 200  # comments that make an author's record

SANCTIONED = {
    SanctionKind.WARN: "Warned",
    SanctionKind.MUTE_REPORTS: "Reports muted",
    SanctionKind.SUSPEND: "Suspended",
    SanctionKind.BAN: "Banned",
}


@dataclass(frozen=True)
class AuthorRecord:
    """The author's last comments by status, and what stands against them in sentences.

    reported: what this comment's reporters said about the others.
    """

    counts: Mapping[Status, int]
    is_partial: bool
    since: str
    sanctions: Sequence[str]
    reported: Sequence[Before]

    def count(self, status: str) -> int:
        return self.counts.get(Status(status), 0)


def record_of(
    author: Person, now: datetime, *, reporters: Collection[int] = (), but: int = 0
) -> AuthorRecord:
    """reporters: whose other reports about this author count; but: the comment at hand."""
    counts: dict[Status, int] = {}
    sanctions: list[str] = []
    reported: list[Before] = []
    also = brigade.reports(author.id, reporters, but=but, now=now)
    for what, which, number, newest, until, who in db.session.execute(_record(author.id, also)):
        if what == "comments":
            counts[Status(which)] = number
        elif what == "sanctions":
            sanctions.append(_sanction(which, number, newest, until, now))
        else:
            reported.append(Before(who, number, newest, which))
    return AuthorRecord(
        counts=counts,
        is_partial=sum(counts.values()) >= REMEMBERED,
        since=words.span(now - author.created_at),
        sanctions=sanctions,
        reported=reported,
    )


def _sanction(
    kind: str, count: int, newest: datetime, until: datetime | None, now: datetime
) -> str:
    said = SANCTIONED[SanctionKind(kind)]
    times = "" if count == 1 else f", {words.count(count, 'time')}"
    end = f", until {until:%-d %B %Y}" if until and until > now else ""
    return f"{said} {words.ago(newest, now)}{times}{end}"


def _record(author_id: int, also: Sequence[Select[*tuple[Any, ...]]]) -> Select[*tuple[Any, ...]]:
    """(what, which, number, newest, until, who): the author's comments by status, and sanctions.

    also: more of such rows about the author, in the same query.
    """
    newest = (
        select(Comment.status, Comment.created_at)
        .where(Comment.author_id == author_id)
        .order_by(Comment.id.desc())
        .limit(REMEMBERED)
        .subquery()
    )
    comments = select(
        literal("comments").label("what"),
        type_coerce(newest.c.status, String).label("which"),
        func.count().label("count"),
        func.max(newest.c.created_at, type_=Utc()).label("newest"),
        literal(None, Utc()).label("until"),
        literal(None, BigInt).label("who"),
    ).group_by(newest.c.status)
    sanctions = (
        select(
            literal("sanctions"),
            type_coerce(Sanction.kind, String),
            func.count(),
            func.max(Sanction.created_at),
            func.max(Sanction.until),
            null(),
        )
        .where(Sanction.person_id == author_id, Sanction.lifted_at.is_(None))
        .group_by(Sanction.kind)
    )
    return union_all(comments, sanctions, *also)  # type: ignore[return-value]  # read like a Select
