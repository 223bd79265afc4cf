"""A policy version and its clauses; neither changes once published."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation import clock
from moderation.database import Base, Id, by_value


class Ground(enum.Enum):
    """Why a clause forbids: our own rules, or the law."""

    POLICY = "policy"
    LAW = "law"


class PolicyVersion(Base):
    """The rules of one site from `published_at` until the next version."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("site_id", "number"),)

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    introduction: Mapped[str] = mapped_column(Text)
    redress: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]

    clauses: Mapped[list["Clause"]] = relationship(
        lazy="raise", order_by="Clause.position", back_populates="version"
    )


class Clause(Base):
    """One rule of one version."""

    __tablename__ = "clause"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    # one plain sentence: a choice in the report dialog, and the first draft of a statement
    plain: Mapped[str] = mapped_column(Text)
    covered: Mapped[list[str]]
    not_covered: Mapped[list[str]]
    severity: Mapped[int]  # 1, 2, 4 or 8
    lane: Mapped[int]  # 0, 1 or 2
    ground: Mapped[Ground] = mapped_column(by_value(Ground))
    legal_ground: Mapped[str] = mapped_column(String(500), default="")
    # a constant of the Commission's list of statement categories
    category: Mapped[str] = mapped_column(String(80))
    default_action: Mapped[str] = mapped_column(String(20), default="hide")
    # its own target time; None means its severity's
    target_minutes: Mapped[int | None]

    version: Mapped[PolicyVersion] = relationship(lazy="raise", back_populates="clauses")
