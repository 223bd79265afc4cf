"""What several stories look at afterwards."""

from sqlalchemy import select

from moderation.cases.verify import differences
from moderation.database import db
from moderation.outbox.models import Message


def letters(about: str) -> list[str]:
    """Keys of the letters that begin so."""
    keys = select(Message.key).where(Message.key.startswith(about)).order_by(Message.id)
    return list(db.session.scalars(keys))


def everything_adds_up() -> None:
    """Every status recomputed, every count counted again."""
    db.session.flush()
    assert list(differences()) == []
