"""Who may do what: roles nest, and the lawyer stands beside the ladder."""

import enum


class Role(enum.Enum):
    READER = "reader"
    COMMENTER = "commenter"
    MODERATOR = "moderator"
    LEAD = "lead"
    LAWYER = "lawyer"
    ADMIN = "admin"


_LADDER = (Role.READER, Role.COMMENTER, Role.MODERATOR, Role.LEAD, Role.ADMIN)

POWERS: dict[Role, frozenset[Role]] = {
    role: frozenset(_LADDER[: rank + 1]) for rank, role in enumerate(_LADDER)
} | {Role.LAWYER: frozenset({Role.READER, Role.COMMENTER, Role.LAWYER})}

# who works here: every other role of theirs includes one of these
STAFF = (Role.MODERATOR, Role.LAWYER)


def has_power(role: Role, *needed: Role) -> bool:
    """Whether `role` includes at least one of `needed`."""
    return not POWERS[role].isdisjoint(needed)
