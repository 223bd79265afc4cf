"""What is looked up about second steps."""

from sqlalchemy import Select, func, select

from moderation.people.models import Person
from moderation.people.second_step.models import RecoveryCode


def unused(person: Person) -> Select[int]:
    """How many recovery codes `person` has left."""
    return (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    )
