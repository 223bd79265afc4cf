"""Which checks fail, how often, and what is being checked again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.database import Base, BigInt, Id


class PhaseHealth(Base):
    """A check that has failed on a site at least once. failing_since NULL: it is well again.

    looked_at: when it last looked before that.
    """

    __tablename__ = "phase_health"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(20), primary_key=True)
    failing_since: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]


class PhaseFailure(Base):
    """One time that a check failed on a new comment; kept for two days."""

    __tablename__ = "phase_failure"
    __table_args__ = (Index("ix_phase_failure_lately", "site_id", "phase", "at"),)

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(BigInt)
    phase: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class PhaseCheck(Base):
    """What “Check them now” works off: a check's unchecked verdicts up to `until_id`.

    after_id: the last one taken. done, checked: comments taken, and of them looked at.
    """

    __tablename__ = "phase_check"
    __table_args__ = (
        Index(  # what waits for the worker
            "ix_phase_check_unfinished",
            "site_id",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(20), primary_key=True)
    after_id: Mapped[int] = mapped_column(default=0)
    until_id: Mapped[int]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    checked: Mapped[int] = mapped_column(default=0)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
