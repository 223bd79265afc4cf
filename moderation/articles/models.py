"""An article: known by site and the publisher's own reference, and by its canonical URL."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation import clock
from moderation.database import Base, Id, Json, by_value
from moderation.sites.models import Site


class Mode(enum.Enum):
    OPEN = "open"
    PREMODERATED = "premoderated"
    CLOSED = "closed"
    HIDDEN = "hidden"


class ModeReason(enum.Enum):
    EDITORIAL = "editorial"
    LEGAL = "legal"
    VOLUME = "volume"


class Article(Base):
    """What is commented on. `version` moves whenever its public thread changes."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("site_id", "slug"),
        UniqueConstraint("site_id", "url"),
        Index("ix_article_front", "site_id", "updated_at"),  # the front page, newest first
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    slug: Mapped[str] = mapped_column(String(120))
    url: Mapped[str | None] = mapped_column(String(500))
    title: Mapped[str] = mapped_column(String(300))
    standfirst: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[str] = mapped_column(String(200), default="")
    picture_alt: Mapped[str] = mapped_column(Text, default="")
    caption: Mapped[str] = mapped_column(Text, default="")
    # the publisher's word above the thread
    notice: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)

    mode: Mapped[Mode] = mapped_column(by_value(Mode), default=Mode.OPEN)
    mode_reason: Mapped[ModeReason | None] = mapped_column(by_value(ModeReason))
    mode_sentence: Mapped[str] = mapped_column(Text, default="")
    # when the mode ends and the thread is open again
    mode_until: Mapped[datetime | None]

    # what may not be said under it while a court sits; a lead's words
    contempt_terms: Mapped[list[str] | None] = mapped_column(Json)
    # until when it is treated as too hot, see screening/heat: in slow mode, or, if the least time
    # between two comments of one author is NULL, premoderated until the same moment
    heat_until: Mapped[datetime | None]
    slow_seconds: Mapped[int | None]
    # a lead has said that it is not too hot: nothing is done about heat before this
    calm_until: Mapped[datetime | None]

    version: Mapped[int] = mapped_column(default=1)
    # counted from the rows in the transaction that changes them
    comment_count: Mapped[int] = mapped_column(default=0)

    site: Mapped[Site] = relationship(lazy="raise")

    def mode_at(self, moment: datetime) -> Mode:
        """The mode in force: a mode whose end has passed is over."""
        over = self.mode_until is not None and self.mode_until <= moment
        return Mode.OPEN if over else self.mode

    def is_hot_at(self, moment: datetime) -> bool:
        """Whether it is treated as too hot."""
        return self.heat_until is not None and self.heat_until > moment

    def slow_at(self, moment: datetime) -> int | None:
        """Seconds between two comments of one author, while it is in slow mode."""
        return self.slow_seconds if self.is_hot_at(moment) else None
