"""What the risk model learned from a site's decisions: hashes and small whole numbers, no words."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from moderation import clock
from moderation.database import Base, BigInt, Id, by_value


class LearningState(enum.Enum):
    WAITING = "waiting"  # asked for; a worker takes it up
    RUNNING = "running"
    TOO_FEW = "too_few"
    NOT_BETTER = "not_better"
    OFFERED = "offered"
    IN_USE = "in_use"
    RETURNED = "returned"  # was in use; may be used again until something newer is learned
    FAILED = "failed"


UNFINISHED = text("state IN ('waiting', 'running')")
USED = text("state = 'in_use'")


class LearnedModel(Base):
    """One time of learning, and what came of it. A site keeps the one in use and the newest."""

    __tablename__ = "learned_model"
    __table_args__ = (
        Index("ix_learned_model_site", "site_id", "id"),
        Index(
            "uq_learned_model_unfinished",
            "site_id",
            unique=True,
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        ),
        Index(
            "uq_learned_model_in_use",
            "site_id",
            unique=True,
            sqlite_where=USED,
            postgresql_where=USED,
        ),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    state: Mapped[LearningState] = mapped_column(by_value(LearningState))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    # when the worker that learns last said so, and how many texts it had read
    touched_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    # the newest decision of a person then: without a newer one there is nothing to learn
    last_decision_id: Mapped[int] = mapped_column(BigInt, default=0)
    # decisions that could be learned from, and how many of them restricted
    decisions: Mapped[int] = mapped_column(default=0)
    restrictions: Mapped[int] = mapped_column(default=0)
    # head → comparing.Compared, as it is stored; "since": when the decisions begin that measured
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[str] = mapped_column(String(40), default="")
    # version of the shipped model that it corrects; to another it means nothing
    base: Mapped[str] = mapped_column(String(40), default="")
    weights: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    used_at: Mapped[datetime | None]
