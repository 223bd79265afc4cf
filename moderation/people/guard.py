"""Who is asking, and may they. Every route says which role it is for."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, has_request_context, request, session, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import contains_eager

from moderation import clock
from moderation.database import Utc, db
from moderation.errors import NotAllowed
from moderation.people.models import Person, SignIn
from moderation.people.roles import STAFF, Role, has_power
from moderation.sites import service as sites
from moderation.web import SAFE_METHODS, see_other

# built once: every page of somebody signed in begins with it
_SIGNED_IN = (
    select(SignIn)
    .join(SignIn.person)
    .where(
        SignIn.token_hash == bindparam("hashed"),
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > bindparam("now", type_=Utc),
        # one step is not enough for who has two, whatever happened at the same moment
        or_(Person.second_step_at.is_(None), SignIn.steps > 1),
    )
    .options(contains_eager(SignIn.person).joinedload(Person.limits))
)

View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask) -> None:
    app.context_processor(_for_every_page)
    app.jinja_env.globals["csrf_token"] = generate_csrf  # for buttons that stand on every page


def _for_every_page() -> dict[str, Any]:
    """A letter written by a command or the worker has no request: it is told its site."""
    if not has_request_context():
        return {}
    return {
        "current_person": current_person(),
        "may_review": has_role(Role.MODERATOR, Role.LAWYER),
        "may_lead": has_role(Role.LEAD),
        "owes_second_step": owes_second_step(),
        "site": sites.current(),
    }


def current_person() -> Person | None:
    """Who is signed in, or None."""
    if "person" not in g:
        g.person = _signed_in_person()
    return cast("Person | None", g.person)


def current_sign_in() -> SignIn | None:
    """The row behind this browser's cookie."""
    return cast("SignIn", g.sign_in) if current_person() is not None else None


def somebody() -> Person:
    """Who is signed in; only for routes that need a role above reader."""
    person = current_person()
    if person is None:
        raise NotAllowed("Sign in first.")
    return person


def role_here() -> Role:
    """What whoever asks may do on this site, now: a commenter's until the second step is set up."""
    return Role.COMMENTER if owes_second_step() else role_given()


def role_given() -> Role:
    """The role they hold on this site. Found once: a later commit forgets the limits."""
    if "role" not in g:
        g.role = _role_here(current_person())
    return cast("Role", g.role)


def owes_second_step() -> bool:
    """Whether staff must sign in with two steps here, and this one does not yet."""
    person = current_person()
    if person is None or person.second_step_at is not None or not must_have_two_steps(person):
        return False
    return has_power(role_given(), *STAFF)


def must_have_two_steps(person: Person) -> bool:
    """Whether the installation asks it of somebody with this role."""
    return current_app.config["STAFF_TWO_STEPS"] == "on" and person.may(*STAFF)


def _role_here(person: Person | None) -> Role:
    if person is None:
        return Role.READER
    here = not person.limits or any(limit.site_id == sites.current().id for limit in person.limits)
    return person.role if here else Role.COMMENTER


def requires(*roles: Role) -> Callable[[View], View]:
    """Only for people whose role includes one of `roles`; readers are sent to sign in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if has_role(*roles):
                return view(*args, **kwargs)
            door, sentence = _what_is_missing(*roles)
            if door and request.method in SAFE_METHODS:
                return see_other(url_for(door, next=request.full_path.rstrip("?")))
            raise NotAllowed(sentence)

        guarded.required_roles = roles  # type: ignore[attr-defined]  # read by a test
        # read by `crowd`
        guarded.for_staff = not {Role.READER, Role.COMMENTER}.intersection(roles)  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def _what_is_missing(*roles: Role) -> tuple[str | None, str]:
    """The page that leads on, if any does; what a form sent too early is told."""
    if current_person() is None:
        return "people.sign_in", "Sign in to do this."
    if owes_second_step() and has_power(role_given(), *roles):
        return "second_step.set_up", "Set up your second step first: your account leads there."
    return None, "Your role may not do this."


def has_role(*roles: Role) -> bool:
    return has_power(role_here(), *roles)


def for_everybody(view: View) -> View:
    """Readers included."""
    return requires(Role.READER)(view)


def for_machines(view: View) -> View:
    """For everybody too, without looking at who asks: no session, no query."""
    view.required_roles = (Role.READER,)  # type: ignore[attr-defined]  # read by a test
    return view


def _signed_in_person() -> Person | None:
    token = session.get("sign_in")
    if not token:
        return None
    given = {"hashed": sha256(token.encode()).hexdigest(), "now": clock.now()}
    row = db.session.scalars(_SIGNED_IN, given).unique().one_or_none()
    if row is None:
        session.pop("sign_in", None)
        return None
    g.sign_in = row
    return row.person
