"""One event per change of state, in its transaction: ids and codes only."""

from moderation.events.service import record, record_all

__all__ = ["record", "record_all"]
