"""The domains that comments have linked to, by site."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.database import Base
from moderation.screening.phases.hosts import LONGEST


class LinkDomain(Base):
    """One comment that links to a domain. While it is on the page, the domain is known there."""

    __tablename__ = "link_domain"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
