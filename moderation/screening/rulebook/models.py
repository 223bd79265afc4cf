"""The newsroom's rules, version by version, and what they would have done: the dry runs."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, BigInt, Id, by_value
from moderation.screening.verdict import PhaseMode


class TriedAs(enum.Enum):
    REGULAR = "regular"
    NEWCOMER = "newcomer"


class Rule(Base):
    """One version of a rule. Only its mode and its end ever change."""

    __tablename__ = "rule"
    __table_args__ = (
        UniqueConstraint("site_id", "name", "version"),
        Index(  # the rules in force: one version of each
            "uq_rule_in_force",
            "site_id",
            "name",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    expression: Mapped[str] = mapped_column(Text)
    clause_code: Mapped[str] = mapped_column(String(40))
    mode: Mapped[PhaseMode] = mapped_column(by_value(PhaseMode))
    # whether a new comment waits for a first look; else it is only reported
    hold: Mapped[bool] = mapped_column(default=False)
    # example texts that it should flag, and that it should not
    should_flag: Mapped[list[str]] = mapped_column(default=list)
    should_pass: Mapped[list[str]] = mapped_column(default=list)
    # as whose words they are tried
    tried_as: Mapped[TriedAs] = mapped_column(by_value(TriedAs), default=TriedAs.REGULAR)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    # by its next version, or, if there is none, by nothing: it is retired
    replaced_at: Mapped[datetime | None]
    dry_run_id: Mapped[int] = mapped_column(BigInt)

    @property
    def checker(self) -> str:
        return f"rule:{self.name}"


class DryRunState(enum.Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class DryRun(Base):
    """A rule as it was proposed, asked about the comments of a period."""

    __tablename__ = "dry_run"
    __table_args__ = (
        Index("ix_dry_run_name", "site_id", "name", "id"),
        Index(  # what a worker takes up
            "ix_dry_run_unfinished",
            "id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(40))
    expression: Mapped[str] = mapped_column(Text)
    clause_code: Mapped[str] = mapped_column(String(40))
    hold: Mapped[bool] = mapped_column(default=False, server_default=false())
    should_flag: Mapped[list[str]] = mapped_column(default=list)
    should_pass: Mapped[list[str]] = mapped_column(default=list)
    # as whose words they are tried
    tried_as: Mapped[TriedAs] = mapped_column(by_value(TriedAs), default=TriedAs.REGULAR)
    # the version that was in force when it was proposed; 0 for none
    base_version: Mapped[int] = mapped_column(default=0)
    days: Mapped[int]  # the period: so many before `created_at`
    state: Mapped[DryRunState] = mapped_column(by_value(DryRunState))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    # tally.Tally, as it is stored
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # why it failed, a sentence
    failure: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    # when the worker that runs it last said so
    touched_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
