"""What is still to be sent: written with the change it tells of, sent later by the worker."""

from moderation.outbox.service import cancel, post

__all__ = ["cancel", "post"]
