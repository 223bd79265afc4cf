"""A comment and what it said."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation import clock
from moderation.articles.models import Article
from moderation.comments.status import Status
from moderation.database import Base, BigInt, Id, by_value
from moderation.people.models import Person


class Comment(Base):
    """Somebody's words under an article. `status` is a cache, see `status.py`.

    In the thread a comment stands at one of three places: a root (`root_id` is its own id), a
    branch (a direct reply to a root; `branch_id` is its own id), or below a branch.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("author_id", "submission"),
        # a thread's roots in time order, by replies, and the replies below a root
        Index("ix_comment_roots", "article_id", "parent_id", "id"),
        Index("ix_comment_discussed", "article_id", "parent_id", "reply_count", "id"),
        Index("ix_comment_thread", "root_id", "branch_id", "id"),
        Index("ix_comment_parent", "parent_id", "status"),  # counting replies
        Index("ix_comment_counted", "article_id", "status"),  # counting an article's comments
        Index("ix_comment_author", "author_id", "id"),  # my comments
        Index("ix_comment_lately", "article_id", "id"),  # how many came in the last minutes
    )

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    root_id: Mapped[int] = mapped_column(BigInt)
    branch_id: Mapped[int | None] = mapped_column(BigInt)
    # drawn by the form, so that a form sent twice is one comment
    submission: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]

    status: Mapped[Status] = mapped_column(by_value(Status), default=Status.NEW)
    # published comments below it, as the thread shows them; counted from the rows
    reply_count: Mapped[int] = mapped_column(default=0)
    # the newest revision; the first one is made right after the comment
    revision_id: Mapped[int | None] = mapped_column(BigInt)

    article: Mapped[Article] = relationship(lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise")
    parent: Mapped["Comment | None"] = relationship(lazy="raise", remote_side="Comment.id")
    revision: Mapped["Revision"] = relationship(
        lazy="raise",
        primaryjoin="foreign(Comment.revision_id) == Revision.id",
        viewonly=True,
    )


class Revision(Base):
    """What a comment said. Append-only; erasure may blank it."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_comment", "comment_id", "id"),)

    id: Mapped[Id]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    body: Mapped[str] = mapped_column(Text)  # as typed
    html: Mapped[str] = mapped_column(Text)  # safe, made once by the sanitiser
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    blanked_at: Mapped[datetime | None]
