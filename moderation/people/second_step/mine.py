"""The second step on one's account: set up, with another phone, switched off."""

from flask import Blueprint, Response, flash, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from moderation.database import db
from moderation.errors import NotAllowed
from moderation.people import guard, sessions
from moderation.people.guard import requires
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.people.second_step import codes, proof, recovery, service
from moderation.people.second_step.forms import AnotherPhoneForm, ProofForm, SetUpForm
from moderation.sites import service as sites
from moderation.web import local_path, see_other

bp = Blueprint("second_step", __name__)


@bp.get("/me/second-step")
@requires(Role.COMMENTER)
def mine() -> ResponseReturnValue:
    person = proof.colleague()
    if person.second_step_at is None:
        return see_other(url_for(".set_up"))
    return render_template(
        "people/second_step.html",
        person=person,
        codes_left=service.codes_left(person),
        must_stay=guard.must_have_two_steps(person),
    )


@bp.get("/me/second-step/set-up")
@requires(Role.COMMENTER)
def set_up() -> ResponseReturnValue:
    """The new phone's salt waits in the cookie: nothing is stored before a code fits."""
    person = proof.colleague()
    session.setdefault("phone", codes.new_salt())
    form = _kind_of_form(person)(formdata=None, next=local_path(request.args.get("next"), ""))
    return _set_up_page(person, form)


@bp.get("/me/second-step/square.svg")
@requires(Role.COMMENTER)
def square() -> ResponseReturnValue:
    """What the phone's camera reads."""
    person = proof.colleague()
    if "phone" not in session:
        return see_other(url_for(".set_up"))
    return Response(codes.square(_address(person)), mimetype="image/svg+xml")


@bp.post("/me/second-step/set-up")
@requires(Role.COMMENTER)
def send_set_up() -> ResponseReturnValue:
    person = proof.colleague()
    form = _kind_of_form(person)()
    if "phone" not in session:
        return see_other(url_for(".set_up"))
    if not proof.gives(form, person) or not _sets_up(form, person):
        return _set_up_page(person, form), 422
    sessions.start(person, steps=2)
    recovery.renew_and_show(person)
    db.session.commit()
    flash("Your second step is set up. All other devices are signed out.", "success")
    then = local_path(form.next.data, "")
    return see_other(url_for("recovery_codes.shown", next=then or None))


@bp.get("/me/second-step/off")
@requires(Role.COMMENTER)
def off() -> ResponseReturnValue:
    _may_go(proof.colleague_who_has_one())
    return render_template("people/second_step_off.html", form=ProofForm(formdata=None))


@bp.post("/me/second-step/off")
@requires(Role.COMMENTER)
def send_off() -> ResponseReturnValue:
    person, form = proof.colleague_who_has_one(), ProofForm()
    _may_go(person)
    if not proof.gives(form, person):
        return render_template("people/second_step_off.html", form=form), 422
    service.switch_off(person, site=sites.current())
    db.session.commit()
    flash("Your second step is switched off: your password alone opens your account.", "success")
    return see_other(url_for("account.me"))


def _may_go(person: Person) -> None:
    if guard.must_have_two_steps(person):
        raise NotAllowed(
            "Everybody who works here signs in with two steps. You can set up another phone."
        )


def _kind_of_form(person: Person) -> type[SetUpForm]:
    return SetUpForm if person.second_step_at is None else AnotherPhoneForm


def _sets_up(form: SetUpForm, person: Person) -> bool:
    try:
        service.set_up(person, session["phone"], form.new_code.data, site=sites.current())
    except service.WrongCode as error:
        db.session.rollback()
        form.new_code.errors = [error.sentence]
        return False
    return True


def _address(person: Person) -> str:
    secret = service.secret(person, session["phone"])
    return codes.address(secret, email=person.email, issuer=sites.current().name)


def _set_up_page(person: Person, form: SetUpForm) -> str:
    return render_template(
        "people/second_step_set_up.html",
        form=form,
        secret=service.secret(person, session["phone"]),
        address=_address(person),
        must=guard.owes_second_step(),
    )
