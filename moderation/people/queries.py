"""What is looked up about people."""

from datetime import datetime

from sqlalchemy import Select, select

from moderation.people import identity
from moderation.people.models import Person, SignIn


def with_address(typed: str) -> Select[Person]:
    """The person with this e-mail address, however it was typed."""
    return select(Person).where(Person.email == identity.address_as_kept(typed))


def everybody() -> Select[Person]:
    return select(Person).order_by(Person.email)


def open_sessions(person: Person, *, at: datetime) -> Select[SignIn]:
    """Where `person` is signed in, newest first."""
    return (
        select(SignIn)
        .where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None), SignIn.expires_at > at)
        .order_by(SignIn.created_at.desc(), SignIn.id.desc())
    )
