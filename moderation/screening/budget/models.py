"""What the thresholds of a site were reckoned to be."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.database import Base, Id


class BudgetBar(Base):
    """One checker's part in what a site holds; made anew every day.

    checker: TOGETHER for all of them. hold_at: of the model's heads; NULL holds nothing.
    comments: looked back upon; share: of them, what it would have held, 0 to 1.
    """

    __tablename__ = "budget_bar"
    __table_args__ = (UniqueConstraint("site_id", "checker"),)

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    checker: Mapped[str] = mapped_column(String(60))
    hold_at: Mapped[float | None]
    comments: Mapped[int]
    share: Mapped[float]
    made_at: Mapped[datetime]
