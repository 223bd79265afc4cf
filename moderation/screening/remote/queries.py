"""Which checkers there are, and what they were asked."""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from moderation.screening.remote.models import RemoteAsk, RemoteChecker


def asked_sites() -> Select[int]:
    """The sites that have a checker."""
    return select(RemoteChecker.site_id).where(RemoteChecker.url != "")


def by_token(token: str, site_id: int) -> Select[RemoteAsk]:
    return select(RemoteAsk).where(RemoteAsk.token == token, RemoteAsk.site_id == site_id)


def about(revision_id: int) -> Select[RemoteAsk]:
    """What was asked about a revision, read anew."""
    return (
        select(RemoteAsk)
        .where(RemoteAsk.revision_id == revision_id)
        .execution_options(populate_existing=True)
    )


def due(site_id: int, now: datetime) -> Select[int]:
    """The question that has waited longest to be asked again. Served by ix_remote_ask_due."""
    return (
        select(RemoteAsk.id)
        .where(RemoteAsk.site_id == site_id, RemoteAsk.again_at <= now)
        .order_by(RemoteAsk.again_at, RemoteAsk.id)
        .limit(1)
    )


def claim(ask_id: int, now: datetime, until: datetime) -> ReturningUpdate[int]:
    """Take a question that is due, so that no other worker asks it; its revision, or nothing."""
    return (
        update(RemoteAsk)
        .where(RemoteAsk.id == ask_id, RemoteAsk.again_at <= now)
        .values(again_at=until)
        .returning(RemoteAsk.revision_id)
        .execution_options(synchronize_session=False)
    )
