"""A site is one publication."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from moderation import clock
from moderation.database import Base, Id
from moderation.sites.settings import Settings


class Site(Base):
    """One publication, chosen by the request's host."""

    __tablename__ = "site"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    # with scheme and without a slash at the end; links in mail start with it
    url: Mapped[str] = mapped_column(String(200))
    # host[:port] of requests; NULL takes every host that no other site names
    host: Mapped[str | None] = mapped_column(String(200), unique=True)
    stored_settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    # moves when something changes that any of its pages may show, such as somebody's name
    version: Mapped[int] = mapped_column(default=1)
    # moves when words, rules or the model that screen its comments change
    screening_version: Mapped[int] = mapped_column(default=1, server_default="1")

    @property
    def settings(self) -> Settings:
        return Settings.from_stored(self.stored_settings)
