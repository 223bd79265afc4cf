"""Set up the second step, ask for it, take it away. Never commits."""

from flask import current_app
from sqlalchemy import delete

from moderation import clock, events
from moderation.database import db
from moderation.errors import Conflict, Refused
from moderation.events import kinds
from moderation.people import service as people
from moderation.people.models import Person
from moderation.people.roles import STAFF
from moderation.people.second_step import codes, queries
from moderation.people.second_step.models import RecoveryCode
from moderation.sites.models import Site

NOT_RIGHT = (
    "This code is not right. Type the one that your app shows now, without waiting; if it is still "
    "refused, let your phone set its clock by itself."
)
USED = "This code was used already. Wait for your app to show the next one."
NO_SUCH_CODE = "This is none of your recovery codes, or it was used already. Try another one."


class WrongCode(Refused):
    """Its sentence says what to do."""


def is_for(person: Person) -> bool:
    """Staff; and whoever has one and is staff no longer."""
    return person.may(*STAFF) or person.second_step_at is not None


def codes_left(person: Person) -> int:
    """Recovery codes not used yet."""
    return db.session.scalar(queries.unused(person)) or 0


def secret(person: Person, salt: str) -> str:
    """What the phone of `person` is told."""
    return codes.secret(current_app.config["SECRET_KEY"], person.id, salt)


def recovery_codes(person: Person, salt: str) -> list[str]:
    """As they are shown, in fours."""
    made = codes.recovery(current_app.config["SECRET_KEY"], person.id, salt)
    return [codes.in_fours(code) for code in made]


def set_up(person: Person, salt: str, typed: str, *, site: Site) -> None:
    """From now on signing in needs a code made with `salt`; all sessions end.

    typed: a code that shows the phone has it. Raises WrongCode.
    """
    _lock(person)
    step = codes.step_of(secret(person, salt), codes.as_meant(typed), clock.now())
    if step is None:
        raise WrongCode(NOT_RIGHT)
    if person.second_step_salt == salt:
        raise Conflict("Your second step was set up a moment ago. Nothing else was changed.")
    person.second_step_at = clock.now()
    person.second_step_salt, person.second_step_used = salt, step
    people.end_sessions(person)
    events.record(kinds.SecondStepSetUp(person_id=person.id), site_id=None)
    people.write_to(person, "second-step-set-up", site, changed_at=clock.now())


def renew_recovery_codes(person: Person, salt: str) -> None:
    """Ten fresh ones, see `recovery_codes`; those before are worth nothing."""
    _lock(person)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    for code in codes.recovery(current_app.config["SECRET_KEY"], person.id, salt):
        db.session.add(RecoveryCode(person_id=person.id, code_hash=codes.hashed(person.id, code)))
    events.record(kinds.RecoveryCodesRenewed(person_id=person.id), site_id=None)


def check(person: Person, typed: str, *, site: Site) -> None:
    """Take a code of the moment or a recovery code, once. Raises WrongCode."""
    _lock(person)
    code = codes.as_meant(typed)
    if codes.is_of_the_moment(code):
        _take_code(person, code)
    else:
        _take_recovery_code(person, code, site)


def switch_off(person: Person, *, site: Site) -> None:
    """The password is enough again. Who may do this has shown a code."""
    _forget(person)
    events.record(kinds.SecondStepSwitchedOff(person_id=person.id), site_id=None)
    people.write_to(person, "second-step-off", site, changed_at=clock.now())


def reset(person: Person, *, site: Site) -> int:
    """An admin's help for somebody who lost everything; how many sessions it ended.

    Raises Refused if there is nothing to take away.
    """
    _lock(person)
    if person.second_step_at is None:
        raise Refused(f"{person.email} has no second step.")
    _forget(person)
    ended = people.end_sessions(person)
    events.record(kinds.SecondStepReset(person_id=person.id), site_id=None)
    people.write_to(person, "second-step-reset", site, changed_at=clock.now())
    return ended


def _take_code(person: Person, code: str) -> None:
    step = codes.step_of(secret(person, person.second_step_salt), code, clock.now())
    if step is None:
        raise WrongCode(NOT_RIGHT)
    if step <= person.second_step_used:
        raise WrongCode(USED)
    person.second_step_used = step


def _take_recovery_code(person: Person, code: str, site: Site) -> None:
    key = (person.id, codes.hashed(person.id, code))
    row = db.session.get(RecoveryCode, key, populate_existing=True)
    if row is None or row.used_at is not None:
        raise WrongCode(NO_SUCH_CODE)
    row.used_at = clock.now()
    db.session.flush()
    left = codes_left(person)
    events.record(kinds.RecoveryCodeUsed(person_id=person.id, left=left), site_id=None)
    people.write_to(person, "recovery-code-used", site, used_at=row.used_at, left=left)


def _forget(person: Person) -> None:
    _lock(person)
    person.second_step_at, person.second_step_salt, person.second_step_used = None, "", 0
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def _lock(person: Person) -> None:
    """Of two who come at once the second waits, and sees what the first did."""
    db.session.get(Person, person.id, with_for_update=True, populate_existing=True)
