"""The page of the publisher's own checker, and the door for what it answers later."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from moderation import clock, database, signatures
from moderation.database import db
from moderation.errors import ModerationError, NotAllowed, Refused
from moderation.people.guard import for_machines, has_role, requires, somebody
from moderation.people.roles import Role
from moderation.screening import service as screening
from moderation.screening.remote import contract, secret, service, settings, trying
from moderation.screening.remote.forms import AddressForm, Fails, FailsForm, PlainForm
from moderation.screening.remote.models import RemoteChecker
from moderation.sites import service as sites
from moderation.web import reads, see_other, status_of

bp = Blueprint("remote", __name__)

NO_ADDRESS = "There is no address to ask yet."


@bp.get("/rules/remote")
@requires(Role.LEAD)
def checker() -> ResponseReturnValue:
    return _page()


@bp.post("/rules/remote")
@requires(Role.LEAD)
def set_fails() -> ResponseReturnValue:
    """Whether a comment waits when the checker has not looked at it."""
    form = FailsForm()
    if not form.validate():
        return _page(fails=form), 422
    is_closed = form.fails.data is Fails.CLOSED
    settings.set_closed(sites.current(), is_closed=is_closed, by=somebody())
    db.session.commit()
    flash("Saved. It counts from the next comment on.", "success")
    return see_other(url_for(".checker"))


@bp.post("/rules/remote/address")
@requires(Role.ADMIN)
def set_address() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return _page(address=form), 422
    try:
        settings.set_address(sites.current(), form.url.data, form.limit_ms.data, by=somebody())
    except Refused as error:
        db.session.rollback()
        form.refuse(error)
        return _page(address=form), 422
    db.session.commit()
    flash("Saved. Try it, then switch it on under Checks.", "success")
    return see_other(url_for(".checker"))


@bp.post("/rules/remote/secret")
@requires(Role.ADMIN)
def new_secret() -> ResponseReturnValue:
    """The one before is good for another day."""
    _check(PlainForm())
    settings.new_secret(sites.current(), by=somebody())
    db.session.commit()
    return see_other(url_for(".checker", _anchor="secret"))


@bp.post("/rules/remote/secret/shown")
@requires(Role.ADMIN)
def show_secret() -> ResponseReturnValue:
    """Once, as a piece of page that nothing keeps."""
    _check(PlainForm())
    shown = settings.see_secret(sites.current(), by=somebody())
    db.session.commit()
    return render_template("screening/remote_secret.html", secret=shown), 201


@bp.post("/rules/remote/try")
@requires(Role.LEAD)
def try_it() -> ResponseReturnValue:
    """Ask it about a sample, whatever its switch says."""
    _check(PlainForm())
    asking = trying.sample(sites.current())
    if asking is None:
        flash(NO_ADDRESS, "warning")
        return see_other(url_for(".checker"))
    db.session.commit()  # nothing is open while we wait
    told = trying.ask_now(asking)
    for kind, sentence in trying.in_words(told, sites.current()):
        flash(sentence, kind)
    db.session.rollback()
    return see_other(url_for(".checker"))


@bp.post("/screening/answers/<token>")
@for_machines
@reads
def take_answer(token: str) -> ResponseReturnValue:
    """What the checker says after the comment has arrived, signed with our secret."""
    if (request.content_length or 0) > contract.LARGEST_ANSWER:
        return _refused(f"An answer has at most {contract.LARGEST_ANSWER:,} bytes.", 413)
    body = request.get_data()
    try:
        _check_signature(token, body)
        # nobody who cannot sign makes the others wait for the lock
        db.session.rollback()
        database.will_write()
        service.answer(sites.current(), token, body)
    except ModerationError as error:
        db.session.rollback()
        return _refused(error.sentence, status_of(error))
    db.session.commit()
    return "", 204


def _check_signature(token: str, body: bytes) -> None:
    """Before anything is looked up: who cannot sign learns nothing about ids."""
    row = db.session.get(RemoteChecker, sites.current().id)
    if row is None:
        raise NotAllowed("This publication has no checker of its own.")
    now = clock.now()
    good = secret.keys(current_app.config["SECRET_KEY"], row, now)
    given = {name: request.headers.get(name, "") for name in signatures.HEADERS}
    signatures.check(good, token, given, body, now)


def _refused(sentence: str, code: int) -> Response:
    answer = jsonify(error=sentence)
    answer.status_code = code
    return answer


def _check(form: PlainForm) -> None:
    if not form.validate():
        raise Refused(" ".join(form.form_errors))


def _page(*, fails: FailsForm | None = None, address: AddressForm | None = None) -> str:
    site = sites.current()
    row = db.session.get(RemoteChecker, site.id)
    chosen = screening.settings(site)
    stands = Fails.CLOSED if service.PHASE in chosen.closed else Fails.OPEN
    return render_template(
        "screening/remote.html",
        row=row,
        mode=chosen.mode(service.PHASE).value,
        fails=fails or FailsForm(formdata=None, fails=stands),
        address=address
        or AddressForm(
            formdata=None, url=row.url if row else "", limit_ms=row.limit_ms if row else 300
        ),
        plain=PlainForm(formdata=None),
        may_change=has_role(Role.ADMIN),
        may_see=row is not None and row.unseen_by_id == somebody().id,
        now=clock.now(),
    )
