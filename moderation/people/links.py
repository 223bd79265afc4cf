"""Links in letters: signed, good for a while, and dead once what they were made for has changed."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from moderation.database import db
from moderation.errors import Refused
from moderation.people.models import Person
from moderation.signing import Signer

CONFIRMATION = timedelta(days=7)
NEW_PASSWORD = timedelta(hours=1)


class DeadLink(Refused):
    """Too old, used before, or cut short by a mail program."""

    def __init__(self) -> None:
        super().__init__(
            "This link is no longer good: it was used, it is too old, or part of it is missing."
        )


def confirmation(person: Person) -> str:
    """The token that shows somebody reads the mail sent to `person`'s address."""
    return _signer("confirm-address").dumps([str(person.id), mark(person.email)])


def new_password(person: Person) -> str:
    """The token that sets a new password, once: it is bound to the present one."""
    return _signer("new-password").dumps([str(person.id), mark(person.password_hash)])


def whose_confirmation(token: str) -> Person:
    """Raises DeadLink, also if the address has changed since."""
    person, before = _read("confirm-address", token, CONFIRMATION)
    if before != mark(person.email):
        raise DeadLink
    return person


def whose_new_password(token: str) -> Person:
    """Raises DeadLink, also if the password has changed since."""
    person, before = _read("new-password", token, NEW_PASSWORD)
    if before != mark(person.password_hash):
        raise DeadLink
    return person


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"],
        salt=purpose,
        signer=Signer,
        signer_kwargs={"digest_method": sha256},
    )


def _read(purpose: str, token: str, lifetime: timedelta) -> tuple[Person, str]:
    """Whom the token names, locked where that is needed, and what they were like then."""
    try:
        found: Any = _signer(purpose).loads(token, max_age=int(lifetime.total_seconds()))
    except BadData as error:
        raise DeadLink from error
    # a link opened twice at once must work once
    person = db.session.get(Person, int(found[0]), with_for_update=True, populate_existing=True)
    if person is None:
        raise DeadLink
    return person, str(found[1])


def mark(text: str) -> str:
    """Enough of a hash to notice a change, too little to learn from."""
    return sha256(text.encode()).hexdigest()[:16]
