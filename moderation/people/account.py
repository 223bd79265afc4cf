"""The page about oneself: name, password, where one is signed in."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from moderation import clock
from moderation.database import db
from moderation.errors import Missing
from moderation.people import guard, passwords, queries, service, sessions, throttle
from moderation.people.forms import ChangePasswordForm, NameForm
from moderation.people.guard import requires
from moderation.people.models import SignIn
from moderation.people.roles import Role
from moderation.people.second_step import service as second_step
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("account", __name__)

# each makes every kept page anew: a name may stand on any of them
RENAMES = "10/day"
TOO_MANY_NAMES = "You have changed your name very often. Wait {wait}, then change it again."


@bp.get("/me")
@requires(Role.COMMENTER)
def me() -> ResponseReturnValue:
    return _page()


@bp.post("/me/name")
@requires(Role.COMMENTER)
def rename() -> ResponseReturnValue:
    form = NameForm()
    if not form.validate():
        return _page(name_form=form), 422
    person = guard.somebody()
    throttle.hit(f"rename:{person.id}", RENAMES, TOO_MANY_NAMES)
    service.rename(person, form.name.data)
    db.session.commit()
    flash("Your name is changed.", "success")
    return see_other(url_for(".me"))


@bp.post("/me/password")
@requires(Role.COMMENTER)
def change_password() -> ResponseReturnValue:
    person = guard.somebody()
    form = ChangePasswordForm()
    form.owner = person.email
    if not form.validate():
        return _page(password_form=form), 422
    throttle.hit(f"change-password:{person.id}", "10/hour", sessions.TOO_MANY)
    kept = person.password_hash
    db.session.commit()  # the count stays, and no lock is held while passwords are hashed
    if not passwords.matches(kept, form.old_password.data):
        form.old_password.errors = ["This is not your present password."]
        return _page(password_form=form), 422
    fresh = passwords.hashed(form.new_password.data, email=form.owner)
    service.change_password(person, kept, fresh, here=guard.current_sign_in(), site=sites.current())
    db.session.commit()
    flash("Your password is changed. All other devices are signed out.", "success")
    return see_other(url_for(".me"))


@bp.post("/me/confirmation")
@requires(Role.COMMENTER)
def send_confirmation() -> ResponseReturnValue:
    sessions.check_button()
    person = guard.somebody()
    if person.confirmed_at is None:
        service.send_confirmation(person, site=sites.current())
        db.session.commit()
    flash("We have sent the link once more. Look in your mail.", "success")
    return see_other(url_for(".me"))


@bp.post("/me/sessions/<int:sign_in_id>/revoke")
@requires(Role.COMMENTER)
def revoke(sign_in_id: int) -> ResponseReturnValue:
    sessions.check_button()
    mine = queries.open_sessions(guard.somebody(), at=clock.now())
    row = db.session.scalar(mine.where(SignIn.id == sign_in_id))
    if row is None:
        raise Missing("That device is signed out already, or it is not yours.")
    service.end_session(row)
    db.session.commit()
    flash("That device is signed out.", "success")
    return see_other(url_for(".me"))


@bp.post("/me/sessions/revoke")
@requires(Role.COMMENTER)
def revoke_all() -> ResponseReturnValue:
    sessions.check_button()
    service.end_sessions(guard.somebody())
    db.session.commit()
    flash("You are signed out everywhere.", "success")
    return see_other(url_for("people.sign_in"))


def _page(
    name_form: NameForm | None = None, password_form: ChangePasswordForm | None = None
) -> str:
    person = guard.somebody()
    return render_template(
        "people/me.html",
        person=person,
        name_form=name_form or NameForm(formdata=None, name=person.name),
        password_form=password_form or ChangePasswordForm(formdata=None),
        open_sessions=db.session.scalars(queries.open_sessions(person, at=clock.now())).all(),
        here=guard.current_sign_in(),
        offers_second_step=second_step.is_for(person),
        codes_left=second_step.codes_left(person) if person.second_step_at else 0,
    )
