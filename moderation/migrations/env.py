"""Alembic's entry: runs the migrations on the connection it is given."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from moderation.database import Base, Utc
from moderation.migrations import service

connection = context.config.attributes["connection"]


def spell(kind: str, thing: Any, _autogen: Any) -> str | Literal[False]:
    """How a new migration writes our own column types."""
    if kind != "type":
        return False
    if isinstance(thing, Utc):
        return "Utc()"
    if isinstance(thing, sa.BigInteger):
        return "BigInt"
    if isinstance(thing, sa.JSON):
        return "Json"
    if isinstance(thing, sa.Enum):
        return f"sa.String({thing.length})"
    return False


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=spell,
    include_object=service.is_ours,
)
with context.begin_transaction():
    context.run_migrations()
