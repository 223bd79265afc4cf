"""The domains that published comments have linked to, by site."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base
from moderation.screening.phases.hosts import LONGEST


class LinkDomain(Base):
    """Once seen, it stays known: no count, nothing about who linked to it or where."""

    __tablename__ = "link_domain"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
