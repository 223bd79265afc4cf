"""The browser's side of signing in: tries are counted, the cookie holds a token, the row counts."""

from flask import request, session, url_for

from moderation.database import db
from moderation.errors import NotAllowed
from moderation.people import (
    devices,
    guard,
    halfway,
    identity,
    passwords,
    queries,
    service,
    throttle,
)
from moderation.people.forms import ButtonForm
from moderation.people.models import Person

TRIES_PER_ADDRESS = "10 per 10 minutes"
TRIES_PER_NETWORK = "100 per 10 minutes"
TOO_MANY = "Too many tries. Wait {wait}, then try again."


def network() -> str:
    return throttle.network(request.remote_addr)


def checked(email: str, password: str) -> Person | None:
    """The person these belong to, or None after the same time. Commits; raises Throttled."""
    by_network = f"sign-in:{network()}"
    by_address = f"{by_network}:{identity.address_as_kept(email)}"
    throttle.hit(by_network, TRIES_PER_NETWORK, TOO_MANY)
    throttle.hit(by_address, TRIES_PER_ADDRESS, TOO_MANY)
    person = db.session.scalar(queries.with_address(email))
    kept = person.password_hash if person else None
    db.session.commit()  # a failed try counts, and no lock is held while the password is checked
    if not passwords.matches(kept, password) or person is None or kept is None:
        return None
    fresh = passwords.rehashed(password) if passwords.is_outdated(kept) else kept
    if person.password_hash != kept:  # a new one was set this very moment
        return None
    throttle.forget(by_address, TRIES_PER_ADDRESS)
    if fresh != kept:
        service.refresh_hash(person, kept, fresh)
    return person


def let_in(person: Person, then: str) -> str:
    """Sign in somebody whose password was right; where to go: `then`, or to their second step."""
    if person.second_step_at is not None:
        _end_the_one_before()
        halfway.begin(person, then)
        return halfway.PAGE
    start(person, steps=1)
    if guard.must_have_two_steps(person):
        return url_for("second_step.set_up", next=then)
    return then


def start(person: Person, *, steps: int) -> None:
    """A fresh session, so that a cookie planted before is worth nothing.

    steps: how many were taken; 1 opens nothing for somebody who has two.
    """
    _end_the_one_before()
    device = devices.device(request.user_agent.string)
    token = service.start_session(person, device, steps=steps)
    session.clear()
    session["sign_in"] = token
    session.permanent = True


def _end_the_one_before() -> None:
    before = guard.current_sign_in()
    if before is not None:
        service.end_session(before)


def let_out() -> None:
    row = guard.current_sign_in()
    if row is not None:
        service.end_session(row)
    session.clear()


def check_button() -> None:
    """For a form with nothing to type: only its token can be wrong."""
    if not ButtonForm().validate():
        raise NotAllowed("This page was open for too long. Go back, load it again and retry.")
