"""Alembic's entry: runs the migrations on the connection it is given."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from moderation.database import Base, Utc

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


def ours(_thing: Any, name: str | None, kind: str, *_more: Any) -> bool:
    """What autogenerate looks at: not the tables that full-text search keeps for itself."""
    return not (kind == "table" and name is not None and name.startswith("log_words_"))


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=spell,
    include_object=ours,
)
with context.begin_transaction():
    context.run_migrations()
