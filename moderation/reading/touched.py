"""Which articles' pages a transaction changes: told to the stamps right after its commit.

A page shows what is in the rows of its article and its site, and every other change that shows
moves the version of one of the two, so it is enough to watch these.
"""

from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from moderation.articles.models import Article
from moderation.comments.service import TOUCHED
from moderation.database import db
from moderation.sites.models import Site

if TYPE_CHECKING:
    from moderation.reading.purges import Purges
    from moderation.reading.stamps import Stamps


@event.listens_for(db.session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, Article):
            _touch(session, row.id)
        elif isinstance(row, Site):
            _touch(session, None)


@event.listens_for(db.session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    """A change that loads no rows: every page is meant. A new count says itself whose it is."""
    if state.is_update or state.is_delete:
        mapper = state.bind_mapper
        if mapper is not None and mapper.class_ in (Article, Site):
            _touch(state.session, None)


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    touched = session.info.get(TOUCHED)
    if touched and not session.in_nested_transaction():  # a savepoint is no commit
        stamps: Stamps = current_app.extensions["stamps"]
        stamps.moved(touched)
        purges: Purges | None = current_app.extensions["purges"]
        if purges is not None:
            purges.moved(touched)


@event.listens_for(db.session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(TOUCHED, None)


def _touch(session: Session, article_id: int | None) -> None:
    session.info.setdefault(TOUCHED, set()).add(article_id)
