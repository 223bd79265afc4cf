"""What is still to be sent: written with the change it tells of, sent later by the worker."""

from moderation.outbox.service import Sending, cancel, post, post_all

__all__ = ["Sending", "cancel", "post", "post_all"]
