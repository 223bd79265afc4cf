"""Accounts: sign up, confirm, sign in and out, change of name, password and role. Never commits."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from moderation import clock, events, ids, outbox
from moderation.database import db, saved
from moderation.errors import Conflict, NotAllowed, Refused, Throttled
from moderation.events import kinds
from moderation.forms import one_line
from moderation.people import identity, links, passwords, queries, throttle
from moderation.people.models import Person, RoleLimit, SignIn
from moderation.people.roles import Role
from moderation.sites import service as sites
from moderation.sites.models import Site

SESSION_LENGTH = timedelta(days=30)


class AddressTaken(Refused):
    """Only for people who may know it; readers signing up are told by letter."""

    def __init__(self, email: str) -> None:
        super().__init__(f"There is an account with the address {email} already.")


class NotConfirmed(NotAllowed):
    def __init__(self) -> None:
        super().__init__(
            "Confirm your e-mail address first: open the link in our letter. To have it sent "
            "again, go to your account; your name at the top of the page leads there."
        )


def hashed(password: str, *, email: str = "") -> str:
    """See `passwords.hashed`."""
    return passwords.hashed(password, email=email)


def add(
    email: str,
    *,
    name: str,
    role: Role,
    password: str,
    confirmed: bool = True,
    only_on: Sequence[Site] = (),
) -> Person:
    """A new person; their role counts `only_on` some sites, or on all.

    Raises Refused for a bad address, name or password, AddressTaken for a known address.
    """
    address = identity.checked_address(email)
    password_hash = passwords.hashed(password, email=address)
    if db.session.scalar(select(exists().where(Person.email == address))):
        raise AddressTaken(address)
    person = Person(
        email=address,
        name=identity.checked_name(name),
        role=role,
        password_hash=password_hash,
        confirmed_at=clock.now() if confirmed else None,
        limits=[RoleLimit(site_id=site.id) for site in only_on],
    )
    try:
        with db.session.begin_nested():
            saved(person)
    except IntegrityError as error:  # somebody signed up with it this very moment
        raise AddressTaken(address) from error
    events.record(kinds.PersonAdded(person_id=person.id, role=role.value), site_id=None)
    return person


def register(email: str, name: str, password: str) -> Person:
    """A new commenter whose address is not confirmed yet; sends nothing. Raises like `add`."""
    return add(email, name=name, role=Role.COMMENTER, password=password, confirmed=False)


def sign_up(email: str, name: str, password: str, *, site: Site) -> None:
    """`register`, and a letter. A known address gets one too, and the caller learns nothing."""
    try:
        person = register(email, name, password)
    except AddressTaken:
        person = db.session.scalars(queries.with_address(email)).one()
    with suppress(Throttled):
        if person.confirmed_at is None:
            send_confirmation(person, site=site)
        else:
            _remind(person, site=site)


def send_confirmation(person: Person, *, site: Site) -> None:
    """Send the link that confirms the address; at most one letter an hour, else Throttled."""
    throttle.hit(
        f"confirm-address:{person.email}",
        "1/hour",
        "We sent you the link less than an hour ago. Look in your mail, also among the "
        "unwanted; in {wait} you can have it sent again.",
    )
    write_to(person, "confirm-address", site, token=links.confirmation(person))


def _remind(person: Person, *, site: Site) -> None:
    throttle.hit(f"already-registered:{person.email}", "1/hour", "We wrote a short while ago.")
    write_to(person, "already-registered", site)


def write_to(person: Person, letter: str, site: Site, **facts: Any) -> None:
    """Have `letter` sent to somebody about their account."""
    about = f"person:{person.id}"
    key = f"{letter}:{ids.new()}"
    outbox.post(letter, to=person.email, key=key, about=about, site=site, **facts)


def confirm(person: Person) -> None:
    """Somebody who knows the password reads mail at this address. Twice is once."""
    if person.confirmed_at is None:
        person.confirmed_at = clock.now()
        events.record(kinds.PersonConfirmed(person_id=person.id), site_id=None)


def must_be_confirmed(person: Person) -> None:
    """Raises NotConfirmed, a NotAllowed that says how to get there."""
    if person.confirmed_at is None:
        raise NotConfirmed


def rename(person: Person, name: str) -> None:
    wanted = identity.checked_name(name)
    if wanted != person.name:
        person.name = wanted
        sites.renew_pages()
        events.record(kinds.PersonRenamed(person_id=person.id), site_id=None)


def change_role(person: Person, role: Role) -> None:
    """Holds from the next request on."""
    if person.role is not role:
        person.role = role
        events.record(kinds.RoleChanged(person_id=person.id, role=role.value), site_id=None)


def start_session(person: Person, device: str, *, steps: int = 1) -> str:
    """Sign `person` in; the token for the cookie, of which only a hash is kept.

    device: such as "Firefox on Android", shown to the person; steps: how many were taken.
    """
    token = secrets.token_urlsafe(32)
    row = saved(
        SignIn(
            person_id=person.id,
            token_hash=sha256(token.encode()).hexdigest(),
            device=one_line(device)[:120],
            steps=steps,
            expires_at=clock.now() + SESSION_LENGTH,
        )
    )
    events.record(kinds.SignedIn(person_id=person.id, sign_in_id=row.id), site_id=None)
    return token


def end_session(row: SignIn) -> None:
    """Signed out, at once."""
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        events.record(kinds.SignedOut(person_id=row.person_id, sign_in_id=row.id), site_id=None)


def end_sessions(person: Person, *, but: SignIn | None = None) -> int:
    """Sign `person` out everywhere, except for `but`; of how many sessions."""
    open_ones = db.session.scalars(queries.open_sessions(person, at=clock.now()))
    ended = [row for row in open_ones if but is None or row.id != but.id]
    for row in ended:
        end_session(row)
    return len(ended)


def refresh_hash(person: Person, kept: str, fresh: str) -> None:
    """The same password, kept with today's parameters."""
    _replace_hash(person, kept, fresh)


def change_password(
    person: Person, kept: str, fresh: str, *, here: SignIn | None, site: Site
) -> None:
    """A new password by somebody who knew the old one; all other sessions end.

    kept, fresh: the hash that was checked, the new one. Conflict if it changed in between.
    """
    _new_password(person, kept, fresh, site=site)
    end_sessions(person, but=here)


def reset_password(person: Person, fresh: str, *, site: Site) -> None:
    """A new password by somebody who reads the person's mail; all sessions end."""
    _new_password(person, person.password_hash, fresh, site=site)
    end_sessions(person)
    confirm(person)


def offer_new_password(email: str, *, site: Site) -> None:
    """Send the link that sets a new password, if there is such a person. Says nothing.

    For nobody the same letter is written and thrown away, so that it takes as long.
    """
    person = db.session.scalar(queries.with_address(email))
    reader = person or Person(id=0, email=email, password_hash="")
    with db.session.begin_nested() as attempt:
        write_to(reader, "reset-password", site, token=links.new_password(reader))
        if person is None:
            attempt.rollback()


def _new_password(person: Person, kept: str, fresh: str, *, site: Site) -> None:
    _replace_hash(person, kept, fresh)
    events.record(kinds.PasswordChanged(person_id=person.id), site_id=None)
    write_to(person, "password-changed", site, changed_at=clock.now())


def _replace_hash(person: Person, kept: str, fresh: str) -> None:
    """Guarded, so that one link or one known password changes it once."""
    changed = db.session.execute(
        update(Person)
        .where(Person.id == person.id, Person.password_hash == kept)
        .values(password_hash=fresh)
    )
    if cast("Any", changed).rowcount != 1:
        raise Conflict("The password was changed a moment ago. Sign in with the new one.")


def clear_away() -> int:
    """Drop sessions and counts that are over; how many. For the worker."""
    over = db.session.execute(delete(SignIn).where(SignIn.expires_at <= clock.now()))
    return throttle.clear_away() + (cast("Any", over).rowcount or 0)
