"""Events, the queue of those without a seal, and the seals themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, Id


class Event(Base):
    """Something that happened. Never changed, never deleted. In parts on PostgreSQL: `parts`."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_site", "site_id", "id"),)

    id: Mapped[Id]
    # None: it concerns the installation, not one publication
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]]  # ids as strings, codes, numbers
    happened_at: Mapped[datetime] = mapped_column(default=clock.now)


class Unsealed(Base):
    """An event that waits for its seal; written with the event, deleted with the sealing."""

    __tablename__ = "unsealed"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)


class Seal(Base):
    """One link of a site's chain: SHA-256 over the link before and the event."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    chain: Mapped[int]  # the site's id; 0 for the installation
    number: Mapped[int]  # 1, 2, 3 …
    hash: Mapped[str] = mapped_column(String(64))
