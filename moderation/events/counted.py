"""What was recorded is counted, once it is committed; what was rolled back never happened."""

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from moderation.database import db
from moderation.events.kinds import CommentDecided, CommentReported, Happened
from moderation.metrics import numbers

HAPPENED = "happened"
NEW = "new"  # the status from which the first decision leads on

Waiting = list[tuple[SessionTransaction | None, str, Happened]]


def later(kind: str, happened: Happened) -> None:
    """Count `happened` when the present transaction is committed. kind: as it is recorded."""
    session = db.session()
    waiting: Waiting = session.info.setdefault(HAPPENED, [])
    waiting.append((session.get_nested_transaction(), kind, happened))


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is no commit
        return
    for _, kind, happened in session.info.pop(HAPPENED, ()):
        _count(kind, happened)


@event.listens_for(db.session, "after_soft_rollback")
def _rolled_back(session: Session, transaction: SessionTransaction) -> None:
    waiting: Waiting = session.info.pop(HAPPENED, [])
    if transaction.nested:
        session.info[HAPPENED] = [given for given in waiting if given[0] is not transaction]


def _count(kind: str, happened: Happened) -> None:
    numbers.happened.labels(kind).inc()
    match happened:
        case CommentDecided(old_status=status, new_status=outcome) if status == NEW:
            numbers.comments.labels(outcome).inc()
        case CommentDecided(action=action, decided_by_id=person):
            numbers.decisions.labels(action, _by(person)).inc()
        case CommentReported(track=track, checker=checker):
            numbers.reports.labels(track, "machine" if checker else "person").inc()


def _by(person: int | None) -> str:
    return "machine" if person is None else "person"
