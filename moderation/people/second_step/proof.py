"""Whether what was typed is right, before something about a second step is changed."""

from wtforms import Field

from moderation.errors import NotAllowed
from moderation.people import guard
from moderation.people.forms import ConfirmForm
from moderation.people.models import Person
from moderation.people.second_step import service, tries
from moderation.people.second_step.service import WrongCode
from moderation.sites import service as sites

NOT_YOURS = "This is not your password."


def colleague() -> Person:
    """Who is signed in. NotAllowed unless the second step is for them."""
    person = guard.somebody()
    if not service.is_for(person):
        raise NotAllowed("The second step is for people who work here.")
    return person


def colleague_who_has_one() -> Person:
    person = colleague()
    if person.second_step_at is None:
        raise NotAllowed("Set up your second step first.")
    return person


def gives(form: ConfirmForm, person: Person) -> bool:
    """The password, and where the form asks for it a code; else the form says what is wrong."""
    if not form.validate():
        return False
    if not tries.password_is_right(person, form.password.data):
        form.password.errors = [NOT_YOURS]
        return False
    return "code" not in form or takes(form["code"], of=person)


def takes(field: Field, *, of: Person) -> bool:
    """Whether the code in `field` is right, which can be said once; else the field says why not."""
    try:
        tries.check(of, field.data, site=sites.current())
    except WrongCode as error:
        field.errors = [error.sentence]
        return False
    return True
