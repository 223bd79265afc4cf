"""What machines said about a revision, kept for the card and for measuring them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, BigInt, Id


class StoredVerdict(Base):
    """One verdict on one revision; see `screening.verdict.Verdict` for the fields' meaning."""

    __tablename__ = "verdict"
    __table_args__ = (
        Index("ix_verdict_revision", "revision_id"),
        Index("ix_verdict_comment", "comment_id"),
        Index(  # what a phase still has to look at
            "ix_verdict_unchecked",
            "site_id",
            "phase",
            "id",
            sqlite_where=text("is_checked = 0"),
            postgresql_where=text("NOT is_checked"),
        ),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    phase: Mapped[str] = mapped_column(String(20))
    checker: Mapped[str] = mapped_column(String(60))
    mode: Mapped[str] = mapped_column(String(10))
    would: Mapped[str] = mapped_column(String(10))
    clause_code: Mapped[str | None] = mapped_column(String(40))
    score: Mapped[float]
    report_at: Mapped[float | None]
    hold_at: Mapped[float | None]
    spans: Mapped[list[list[int]]]  # [start, end] in code points of the revision's body
    why: Mapped[list[str]]
    version: Mapped[str] = mapped_column(String(40), default="")
    is_checked: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Screened(Base):
    """What was known about author and article when a revision was screened; no text, no names."""

    __tablename__ = "screened"
    __table_args__ = (Index("ix_screened_site", "site_id", "revision_id"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    site_id: Mapped[int] = mapped_column(BigInt)
    # screening.subject.{AuthorFacts, ArticleFacts} and the counts of likes
    facts: Mapped[dict[str, Any]]
    # whether a live checker named a clause: what is not flagged may be sampled
    is_flagged: Mapped[bool] = mapped_column(default=False)
    # whether the author was shown a nudge and posted anyway
    was_nudged: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)
