"""Recovery codes: shown for a few minutes in the browser that asked for them, and never again.

The cookie holds a salt and no code; the database holds hashes.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from moderation import clock
from moderation.database import db
from moderation.people import sessions
from moderation.people.guard import requires
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.people.second_step import codes, proof, service
from moderation.people.second_step.forms import ProofForm
from moderation.web import local_path, see_other

bp = Blueprint("recovery_codes", __name__)

SHOWN_FOR = timedelta(minutes=10)


@bp.get("/me/second-step/recovery-codes")
@requires(Role.COMMENTER)
def shown() -> ResponseReturnValue:
    found = _to_show(proof.colleague())
    if not found:
        return _no_more()
    then = local_path(request.args.get("next"), "")
    return render_template("people/recovery_codes.html", codes=found, next=then)


@bp.get("/me/second-step/recovery-codes.txt")
@requires(Role.COMMENTER)
def download() -> ResponseReturnValue:
    person = proof.colleague()
    found = _to_show(person)
    if not found:
        return _no_more()
    text = render_template(
        "people/recovery_codes.txt", codes=found, person=person, made_at=clock.now()
    )
    headers = {"Content-Disposition": "attachment; filename=recovery-codes.txt"}
    return Response(text, mimetype="text/plain", headers=headers)


@bp.post("/me/second-step/recovery-codes")
@requires(Role.COMMENTER)
def put_away() -> ResponseReturnValue:
    """The person has them somewhere."""
    sessions.check_button()
    session.pop("recovery_codes", None)
    return see_other(local_path(request.form.get("next"), url_for("second_step.mine")))


@bp.get("/me/second-step/renew")
@requires(Role.COMMENTER)
def renew() -> ResponseReturnValue:
    proof.colleague_who_has_one()
    return render_template("people/recovery_codes_renew.html", form=ProofForm(formdata=None))


@bp.post("/me/second-step/renew")
@requires(Role.COMMENTER)
def send_renew() -> ResponseReturnValue:
    person, form = proof.colleague_who_has_one(), ProofForm()
    if not proof.gives(form, person):
        return render_template("people/recovery_codes_renew.html", form=form), 422
    renew_and_show(person)
    db.session.commit()
    flash("These are your new codes. Those you had before no longer work.", "success")
    return see_other(url_for(".shown"))


def renew_and_show(person: Person) -> None:
    """Ten fresh codes, which this browser may show for a while. The caller commits."""
    salt = codes.new_salt()
    service.renew_recovery_codes(person, salt)
    until = clock.now() + SHOWN_FOR
    session["recovery_codes"] = {"salt": salt, "until": until.isoformat()}


def _to_show(person: Person) -> list[str]:
    kept: Any = session.get("recovery_codes")
    if kept is None or datetime.fromisoformat(kept["until"]) <= clock.now():
        return []
    return service.recovery_codes(person, kept["salt"])


def _no_more() -> ResponseReturnValue:
    flash("Recovery codes are shown only once. You can have new ones.", "warning")
    return see_other(url_for("second_step.mine"))
