"""Codes are few enough to be guessed: tries are counted, whoever types them and from wherever."""

from moderation import clock, outbox
from moderation.database import db
from moderation.errors import Throttled
from moderation.people import passwords, sessions, throttle
from moderation.people.models import Person
from moderation.people.second_step import codes, service
from moderation.sites.models import Site

# of a million codes three are right at any time: 50 tries a day find one in 18 years
CODES = ("5 per 15 minutes", "50/day")
# nobody guesses these; who can try no code for now may still use one
RECOVERY_CODES = ("20 per 15 minutes",)
PASSWORDS = "10/hour"

SAY_WAIT = "Too many wrong codes. Wait {wait}, or use one of your recovery codes."


def check(person: Person, typed: str, *, site: Site) -> None:
    """`service.check`, counted. Commits before; raises WrongCode or Throttled."""
    of_the_moment = codes.is_of_the_moment(codes.as_meant(typed))
    kind, limits = ("code", CODES) if of_the_moment else ("recovery", RECOVERY_CODES)
    keys = {f"second-step:{kind}:{person.id}:{limit}": limit for limit in limits}
    try:
        for key, limit in keys.items():
            throttle.hit(key, limit, SAY_WAIT if of_the_moment else sessions.TOO_MANY)
    except Throttled:
        _warn(person, site)
        raise
    db.session.commit()  # a failed try counts
    try:
        service.check(person, typed, site=site)
    except service.WrongCode:
        db.session.rollback()  # nobody waits for this person's row
        raise
    for key, limit in keys.items():
        throttle.forget(key, limit)


def password_is_right(person: Person, typed: str) -> bool:
    """Before something about the second step is changed. Commits; raises Throttled."""
    key = f"second-step:password:{person.id}"
    throttle.hit(key, PASSWORDS, sessions.TOO_MANY)
    kept = person.password_hash
    db.session.commit()  # the count stays, and no lock is held while passwords are hashed
    if not passwords.matches(kept, typed):
        return False
    throttle.forget(key, PASSWORDS)
    return person.password_hash == kept


def forget(person: Person) -> None:
    """Nobody shall wait for what was tried before an admin helped."""
    for limit in CODES:
        throttle.forget(f"second-step:code:{person.id}:{limit}", limit)


def _warn(person: Person, site: Site) -> None:
    """At most one letter a day: whoever types codes knows the password."""
    now = clock.now()
    key = f"wrong-codes:{person.id}:{now:%Y-%m-%d}"
    about = f"person:{person.id}"
    outbox.post("wrong-codes", to=person.email, key=key, about=about, site=site, tried_at=now)
    db.session.commit()
