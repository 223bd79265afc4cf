"""The code page at sign-in: the one place where somebody half way in gets in."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from moderation.database import db
from moderation.people import guard, halfway, sessions
from moderation.people.guard import for_everybody
from moderation.people.models import Person
from moderation.people.second_step import codes, proof, service
from moderation.people.second_step.forms import CodeForm
from moderation.web import see_other

bp = Blueprint("code", __name__)

TOO_LATE = "Enter your password again: the code must follow within ten minutes."


@bp.get(halfway.PAGE)
@for_everybody
def ask() -> ResponseReturnValue:
    if guard.current_person() is not None:
        return redirect("/")
    if halfway.person() is None:
        return _from_the_start()
    return _page(CodeForm(formdata=None))


@bp.post(halfway.PAGE)
@for_everybody
def send() -> ResponseReturnValue:
    person, form = halfway.person(), CodeForm()
    if person is None:
        return _from_the_start()
    if not form.validate() or not proof.takes(form.code, of=person):
        return _page(form), 422
    if halfway.person() is None:  # a new password was set this very moment
        return _from_the_start()
    then = halfway.then()
    sessions.start(person, steps=2)
    if not codes.is_of_the_moment(codes.as_meant(form.code.data)):
        flash(_how_many_left(person), "warning")
    db.session.commit()
    return see_other(then)


def _how_many_left(person: Person) -> str:
    match service.codes_left(person):
        case 0:
            left = "It was your last one."
        case 1:
            left = "One is left."
        case number:
            left = f"{number} are left."
    return f"You used a recovery code. {left} Your account leads to new ones and to another phone."


def _from_the_start() -> ResponseReturnValue:
    then = halfway.then()
    if session.pop("halfway", None) is not None:
        flash(TOO_LATE, "warning")
    return see_other(url_for("people.sign_in", next=then if then != "/" else None))


def _page(form: CodeForm) -> str:
    without_phone = "recovery" in request.args
    return render_template("people/code.html", form=form, without_phone=without_phone)
