"""What somebody wrote before signing in, kept until they have."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, Id


class Draft(Base):
    """A comment not yet handed in; thrown away after a day."""

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_created_at", "created_at"),)  # clearing away

    id: Mapped[Id]
    # SHA-256 of the link's token, hex
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
