"""One event per change of state, in its transaction: ids and codes only."""

from moderation.events.service import record

__all__ = ["record"]
