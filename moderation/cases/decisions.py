"""Decisions, the statements that go with them, and appeals. Append-only, all but the appeal."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation import clock
from moderation.cases.models import Case, Report
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action, Status
from moderation.database import Base, BigInt, Id, by_value
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy.models import Clause


class DecisionRole(enum.Enum):
    EFFECTIVE = "effective"  # what counts
    SHADOW = "shadow"  # what a rule or a blind second reader would have done
    REFERENCE = "reference"  # the model answer


class How(enum.Enum):
    """How a breach came to our eyes, or who decided."""

    PERSON = "person"
    RULE = "rule"
    MODE = "mode"
    REPORT = "report"
    NOTICE = "notice"


class Decision(Base):
    """Who decided what, on which revision, under which clause. Never changed, never deleted."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_comment", "comment_id", "id"),  # recomputing a status
        Index("ix_decision_case", "case_id", "id"),
        Index("ix_decision_person", "decided_by_id", "id"),  # the last one of mine, for undo
        Index("ix_decision_supersedes", "supersedes_id", unique=True),  # undone once
        Index(  # whether it was: PostgreSQL may rather read all undoings, and these are few
            "ix_decision_undone",
            "supersedes_id",
            sqlite_where=text("action = 'undo'"),
            postgresql_where=text("action = 'undo'"),
        ),
        Index("ix_decision_site", "site_id", "id"),  # the log, of the articles' modes
        Index(  # and of people: few among as many arrivals as there are comments
            "ix_decision_people",
            "site_id",
            "id",
            sqlite_where=text("decided_by_id IS NOT NULL"),
            postgresql_where=text("decided_by_id IS NOT NULL"),
        ),
        Index(  # what people decided about somebody's comments
            "ix_decision_judged",
            "comment_id",
            "id",
            sqlite_where=text("decided_by_id IS NOT NULL"),
            postgresql_where=text("decided_by_id IS NOT NULL"),
        ),
        Index(  # what a machine said, and how it went
            "ix_decision_checker",
            "site_id",
            "checker",
            "id",
            sqlite_where=text("checker IS NOT NULL"),
            postgresql_where=text("checker IS NOT NULL"),
        ),
        Index(  # what was decided together
            "ix_decision_batch",
            "batch_id",
            sqlite_where=text("batch_id IS NOT NULL"),
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    role: Mapped[DecisionRole] = mapped_column(
        by_value(DecisionRole), default=DecisionRole.EFFECTIVE
    )
    action: Mapped[Action] = mapped_column(by_value(Action))
    clause_id: Mapped[int | None] = mapped_column(ForeignKey("clause.id"))
    statement: Mapped[str] = mapped_column(Text, default="")  # to the author
    note: Mapped[str] = mapped_column(Text, default="")  # to colleagues
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # the machine that decided, or would have (role `shadow`), and its version then
    checker: Mapped[str | None] = mapped_column(String(60))
    checker_version: Mapped[str] = mapped_column(String(40), default="", server_default="")
    detected_how: Mapped[How] = mapped_column(by_value(How), default=How.PERSON)
    decided_how: Mapped[How] = mapped_column(by_value(How), default=How.PERSON)
    # an undo names the decision it takes back; an appeal's outcome the one appealed against
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    # the same for all that was decided together, and is undone together
    batch_id: Mapped[int | None] = mapped_column(BigInt)

    # what undo brings back
    status_before: Mapped[Status] = mapped_column(by_value(Status))
    case_was_open: Mapped[bool] = mapped_column(default=False)
    lane_before: Mapped[int | None]
    addressee_before: Mapped[Role | None] = mapped_column(by_value(Role))

    comment: Mapped[Comment] = relationship(lazy="raise")
    revision: Mapped[Revision] = relationship(lazy="raise")
    case: Mapped[Case | None] = relationship(lazy="raise")
    clause: Mapped[Clause | None] = relationship(lazy="raise")
    decided_by: Mapped[Person | None] = relationship(lazy="raise")
    supersedes: Mapped["Decision | None"] = relationship(lazy="raise", remote_side="Decision.id")


class Statement(Base):
    """The statement of reasons: what was restricted, why, on what ground, and what to do.

    Written in the restriction's own transaction and shown to the author; it names no reporter
    and no moderator.
    """

    __tablename__ = "statement"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("clause.id"))
    restriction: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(Text)
    detection: Mapped[str] = mapped_column(Text)
    redress: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    clause: Mapped[Clause] = relationship(lazy="raise")
    decision: Mapped[Decision] = relationship(lazy="raise")


class AppealOutcome(enum.Enum):
    UPHELD = "upheld"
    PARTLY = "partly"
    REVERSED = "reversed"


class Appeal(Base):
    """Somebody contests a decision: its author, or a reporter. Several may share one case."""

    __tablename__ = "appeal"
    __table_args__ = (
        Index("ix_appeal_case", "case_id"),
        # one by the author (report_id NULL counts as different, so the service checks too)
        UniqueConstraint("decision_id", "report_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    # the appellant's report; None is the comment's author
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[AppealOutcome | None] = mapped_column(by_value(AppealOutcome))
    outcome_decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    settled_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(lazy="raise")
    decision: Mapped[Decision] = relationship(lazy="raise", foreign_keys=[decision_id])
    outcome_decision: Mapped[Decision | None] = relationship(
        lazy="raise", foreign_keys=[outcome_decision_id]
    )
    report: Mapped[Report | None] = relationship(lazy="raise")


class LogWords(Base):
    """The words a decision is found by: comment, statement, note. Blanked by erasure."""

    __tablename__ = "log_words"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
