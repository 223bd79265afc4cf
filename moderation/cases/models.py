"""Cases, what was reported, and who saw what on the desk."""

import enum
import secrets
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation import clock
from moderation.comments.models import Comment, Revision
from moderation.database import Base, BigInt, Id, by_value
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy.models import Clause

LANE_DANGER, LANE_LEGAL, LANE_REST = 0, 1, 2
CLEAR = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no sign that looks like another


class CaseKind(enum.Enum):
    REVIEW = "review"
    APPEAL = "appeal"


class Case(Base):
    """One open item of work per comment and kind.

    `version` moves on a decision, an escalation, a new revision, the first illegal notice, or a
    first report under another clause.
    """

    __tablename__ = "case"
    __table_args__ = (
        # the queue, see review/queries.py
        Index(
            "ix_case_queue",
            "site_id",
            "lane",
            "due_at",
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_case_open",
            "comment_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        # the case a moderator holds
        Index("ix_case_lease", "lease_holder_id", "lease_until"),
        Index("ix_case_comment", "comment_id", "id"),
        Index(  # what was chosen by chance, to learn what is missed
            "ix_case_sample",
            "site_id",
            "id",
            sqlite_where=text("is_sample = 1"),
            postgresql_where=text("is_sample"),
        ),
        CheckConstraint("lane BETWEEN 0 AND 2", name="ck_case_lane"),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    kind: Mapped[CaseKind] = mapped_column(by_value(CaseKind), default=CaseKind.REVIEW)
    lane: Mapped[int] = mapped_column(default=LANE_REST)
    due_at: Mapped[datetime]
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    # who it was escalated to; None is everybody on the desk
    addressee: Mapped[Role | None] = mapped_column(by_value(Role))
    version: Mapped[int] = mapped_column(default=1)
    # chosen by chance, to learn what is missed: machines' verdicts stay covered until it is decided
    is_sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    lease_holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lease_until: Mapped[datetime | None]

    comment: Mapped[Comment] = relationship(lazy="raise")
    lease_holder: Mapped[Person | None] = relationship(lazy="raise")


class Track(enum.Enum):
    POLICY = "policy"
    ILLEGAL = "illegal"


class Outcome(enum.Enum):
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    NO_OPINION = "no_opinion"


def _reference() -> str:
    """Such as "K7QF-M2XA-93TB": easy to read out, impossible to guess."""
    return "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(3))


class Report(Base):
    """Somebody says a revision breaks a clause (policy) or a law (illegal)."""

    __tablename__ = "report"
    __table_args__ = (
        # one per person, track, comment and revision; the same for an address without account
        Index("uq_report_person", "revision_id", "track", "reporter_id", unique=True),
        Index("uq_report_address", "revision_id", "track", "email", unique=True),
        Index("ix_report_comment", "comment_id", "id"),
        # precision: a reporter's newest settled reports; and "my reports"
        Index("ix_report_reporter", "reporter_id", "settled_at"),
        Index("ix_report_email", "email", "settled_at"),
        Index("uq_report_checker", "revision_id", "track", "checker", unique=True),
        Index("ix_report_checker", "site_id", "checker", "settled_at"),
    )

    id: Mapped[Id]
    # what we call it to its sender; tells nothing, not even when it came
    reference: Mapped[str] = mapped_column(String(14), default=_reference, unique=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    track: Mapped[Track] = mapped_column(by_value(Track))
    # policy track
    clause_id: Mapped[int | None] = mapped_column(ForeignKey("clause.id"))
    # illegal track: what law, as chosen or written
    law: Mapped[str] = mapped_column(String(200), default="")
    good_faith: Mapped[bool] = mapped_column(default=False)
    danger: Mapped[bool] = mapped_column(default=False)  # to life or to a child: lane 0
    explanation: Mapped[str] = mapped_column(Text, default="")

    # who: an account, or a name and an address, or nobody
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    email_confirmed_at: Mapped[datetime | None]
    # or a machine: which, such as "risk:attack", and on which site it is measured
    checker: Mapped[str | None] = mapped_column(String(60))
    site_id: Mapped[int | None] = mapped_column(BigInt)

    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[Outcome | None] = mapped_column(by_value(Outcome))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))

    comment: Mapped[Comment] = relationship(lazy="raise")
    revision: Mapped[Revision] = relationship(lazy="raise")
    clause: Mapped[Clause | None] = relationship(lazy="raise")
    reporter: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def is_confirmed(self) -> bool:
        """Whether we know that its sender can be reached: an account or a confirmed address."""
        return self.reporter_id is not None or self.email_confirmed_at is not None


class Skip(Base):
    """`person` does not want to be dealt this case before `until`."""

    __tablename__ = "skip"
    __table_args__ = (UniqueConstraint("person_id", "case_id"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    until: Mapped[datetime]


class Note(Base):
    """A word to colleagues on a case; changes nothing else."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_case", "case_id", "id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    author: Mapped[Person] = relationship(lazy="raise")
