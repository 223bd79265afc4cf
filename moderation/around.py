"""What the service leans on and can do without for a while: the mail server, Redis.

Whether it does without right now, for the desk and for `/healthz`.
"""

from moderation import clock
from moderation.outbox import service as outbox
from moderation.outbox.service import Late
from moderation.people import throttle


def late_letters() -> Late | None:
    """Letters that ought to have left by now; None if there are none. One query."""
    return outbox.late(clock.now())


def is_redis_left_alone() -> bool:
    """Whether it did not answer this process lately."""
    return throttle.redis_rests()


def plain_lines() -> list[str]:
    """For machines: "mail: 41 letters wait, the oldest since 2026-11-25T09:12:00Z"."""
    lines = []
    if late := late_letters():
        lines.append(f"mail: {late.many}, the oldest since {late.since:%Y-%m-%dT%H:%M:%SZ}")
    if throttle.redis_answers() is False:
        lines.append("redis: does not answer; limits are counted in the database")
    return lines
