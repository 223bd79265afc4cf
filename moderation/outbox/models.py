"""One message that is to leave the house."""

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, Id

WAITING = text("sent_at IS NULL AND dead_at IS NULL")


class Message(Base):
    """An e-mail. `key` makes posting the same news twice one message."""

    __tablename__ = "message"
    __table_args__ = (
        # what to send next
        Index(
            "ix_message_waiting", "not_before", "id", sqlite_where=WAITING, postgresql_where=WAITING
        ),
        Index("ix_message_about", "about"),  # taking news back, blanking
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    # what it tells of, such as "decision:17", so that it can be taken back
    about: Mapped[str] = mapped_column(String(60), default="")
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)  # plain text; blank once sent
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    not_before: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]  # given up
