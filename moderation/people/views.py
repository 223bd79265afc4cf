"""Sign up, confirm the address, sign in and out, forgotten password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.database import db
from moderation.people import guard, identity, links, passwords, service, sessions, throttle
from moderation.people.forms import (
    ButtonForm,
    ConfirmForm,
    ForgottenPasswordForm,
    NewPasswordForm,
    SignInForm,
    SignUpForm,
)
from moderation.people.guard import for_everybody
from moderation.people.models import Person
from moderation.sites import service as sites
from moderation.web import local_path, see_other

bp = Blueprint("people", __name__)


@bp.get("/sign-up")
@for_everybody
def sign_up() -> ResponseReturnValue:
    if guard.current_person() is not None:
        return redirect(_next("/me"))
    return render_template("people/sign_up.html", form=SignUpForm(next=_next()))


@bp.post("/sign-up")
@for_everybody
def send_sign_up() -> ResponseReturnValue:
    form = SignUpForm()
    if not form.validate():
        return render_template("people/sign_up.html", form=form), 422
    throttle.hit(
        f"sign-up:{sessions.network()}",
        "20/hour",
        "Many people have signed up from where you are. Wait {wait}, then try again.",
    )
    site = sites.current()
    db.session.commit()  # the count stays, and no lock is held while the password is hashed
    service.sign_up(form.email.data, form.name.data, form.password.data, site=site)
    db.session.commit()
    return see_other(url_for(".signed_up", next=local_path(form.next.data, "") or None))


@bp.get("/sign-up/sent")
@for_everybody
def signed_up() -> ResponseReturnValue:
    """The same page whether the address was known or not."""
    return render_template("people/signed_up.html", next=_next())


@bp.get("/confirm/<token>")
@for_everybody
def confirm(token: str) -> ResponseReturnValue:
    """Only shows a button: programs that look through mail follow links."""
    person = links.whose_confirmation(token)
    if person.confirmed_at is not None:
        return _already_confirmed()
    return render_template("people/confirm.html", form=_confirm_form(person), token=token)


@bp.post("/confirm/<token>")
@for_everybody
def send_confirm(token: str) -> ResponseReturnValue:
    """Needs the mail and the password: what a stranger signed up with my address stays theirs."""
    person = links.whose_confirmation(token)
    if person.confirmed_at is not None:
        return _already_confirmed()
    form, onward = _confirm_form(person), "/"
    if not form.validate():
        return render_template("people/confirm.html", form=form, token=token), 422
    if isinstance(form, ConfirmForm):
        if sessions.checked(person.email, form.password.data) is None:
            form.password.errors = ["This is not the password you chose when you signed up."]
            return render_template("people/confirm.html", form=form, token=token), 422
        onward = sessions.let_in(person, onward)
    service.confirm(person)
    db.session.commit()
    flash("Your address is confirmed. You can comment and report now.", "success")
    return see_other(onward)


def _confirm_form(person: Person) -> ButtonForm | ConfirmForm:
    here = guard.current_person()
    return ButtonForm() if here is not None and here.id == person.id else ConfirmForm()


def _already_confirmed() -> ResponseReturnValue:
    flash("This address is confirmed already.", "success")
    return see_other(url_for(".sign_in"))


@bp.get("/sign-in")
@for_everybody
def sign_in() -> ResponseReturnValue:
    if guard.current_person() is not None:
        return redirect(_next("/"))
    return render_template("people/sign_in.html", form=SignInForm(next=_next()))


@bp.post("/sign-in")
@for_everybody
def send_sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return render_template("people/sign_in.html", form=form), 422
    person = sessions.checked(form.email.data, form.password.data)
    if person is None:
        form.form_errors.append(
            "This e-mail address and this password do not belong together. "
            "Check both, or set a new password."
        )
        return render_template("people/sign_in.html", form=form), 422
    onward = sessions.let_in(person, local_path(form.next.data, "/"))
    db.session.commit()
    return see_other(onward)


@bp.post("/sign-out")
@for_everybody
def sign_out() -> ResponseReturnValue:
    sessions.check_button()
    sessions.let_out()
    db.session.commit()
    return see_other("/")


@bp.get("/forgotten-password")
@for_everybody
def forgotten_password() -> ResponseReturnValue:
    return render_template("people/forgotten_password.html", form=ForgottenPasswordForm())


@bp.post("/forgotten-password")
@for_everybody
def send_forgotten_password() -> ResponseReturnValue:
    """Counts and answers alike for addresses we know and for others."""
    form = ForgottenPasswordForm()
    if not form.validate():
        return render_template("people/forgotten_password.html", form=form), 422
    wait = "We cannot send more of these links for now. Wait {wait}, then try again."
    throttle.hit(f"forgotten:{sessions.network()}", "20/hour", wait)
    throttle.hit(f"forgotten:{identity.address_as_kept(form.email.data)}", "3/hour", wait)
    service.offer_new_password(form.email.data, site=sites.current())
    db.session.commit()
    return see_other(url_for(".forgotten_password_sent"))


@bp.get("/forgotten-password/sent")
@for_everybody
def forgotten_password_sent() -> ResponseReturnValue:
    return render_template("people/forgotten_password_sent.html")


@bp.get("/new-password/<token>")
@for_everybody
def new_password(token: str) -> ResponseReturnValue:
    links.whose_new_password(token)
    return render_template("people/new_password.html", form=NewPasswordForm(), token=token)


@bp.post("/new-password/<token>")
@for_everybody
def send_new_password(token: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    form.owner = links.whose_new_password(token).email
    if not form.validate():
        return render_template("people/new_password.html", form=form, token=token), 422
    db.session.commit()  # no lock is held while the password is hashed
    fresh = passwords.hashed(form.new_password.data, email=form.owner)
    service.reset_password(links.whose_new_password(token), fresh, site=sites.current())
    db.session.commit()
    flash("Your new password is set. Sign in with it.", "success")
    return see_other(url_for(".sign_in"))


def _next(default: str = "") -> str:
    """Where to go afterwards, from the address; only on this site."""
    return local_path(request.args.get("next"), default)
