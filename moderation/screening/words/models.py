"""Word lists of a site, each under one clause."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, Id, by_value
from moderation.screening.words.entry import LONGEST, Kind


class WordList(Base):
    """What may break one clause. By code, so that a new policy version keeps its lists."""

    __tablename__ = "word_list"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(60))
    clause_code: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    # moves when an entry comes or goes: what finds them is built anew then, and only then
    version: Mapped[int] = mapped_column(default=1)


class Word(Base):
    """One entry, as the normaliser leaves it."""

    __tablename__ = "word"
    __table_args__ = (
        UniqueConstraint("list_id", "text", "kind"),
        Index("ix_word_page", "list_id", "text", "id"),
    )

    id: Mapped[Id]
    list_id: Mapped[int] = mapped_column(ForeignKey("word_list.id"))
    text: Mapped[str] = mapped_column(String(LONGEST))
    kind: Mapped[Kind] = mapped_column(by_value(Kind))
