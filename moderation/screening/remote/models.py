"""Where a site's own checker is, and which comments it was asked about."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, BigInt, Id


class RemoteChecker(Base):
    """One publication's checker. url "" asks nobody.

    salt: what the secret is made from, together with the installation's key: a copy of the
    database gives no secret away. old_salt: of the secret before, good until old_until.
    """

    __tablename__ = "remote_checker"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    url: Mapped[str] = mapped_column(String(500), default="")
    limit_ms: Mapped[int] = mapped_column(default=300)
    salt: Mapped[str] = mapped_column(String(64))
    salt_made_at: Mapped[datetime] = mapped_column(default=clock.now)
    # by whom it was made, and may be seen once; NULL: it has been seen
    unseen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    old_salt: Mapped[str | None] = mapped_column(String(64))
    old_until: Mapped[datetime | None]


class RemoteAsk(Base):
    """A question about one revision. token: what it is called to the checker; cannot be guessed.

    tries: how often it was sent. again_at: when it is sent again by itself; NULL never.
    """

    __tablename__ = "remote_ask"
    __table_args__ = (
        Index(  # what is due to be asked again
            "ix_remote_ask_due",
            "site_id",
            "again_at",
            sqlite_where=text("again_at IS NOT NULL"),
            postgresql_where=text("again_at IS NOT NULL"),
        ),
        Index("ix_remote_ask_answered", "site_id", "answered_at"),  # when it last looked
    )

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(String(43), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    revision_id: Mapped[int] = mapped_column(BigInt, unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    again_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
