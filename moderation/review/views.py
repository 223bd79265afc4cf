"""The desk: one case at a time, decided by key, by mouse or by plain form."""

from flask import Blueprint, Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation import clock, database
from moderation.cases.decide import Seen
from moderation.cases.models import Case
from moderation.cases.stale import OthersMovedOn, StaleCase
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Missing, NotAllowed
from moderation.forms import LEFT_OPEN
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.review import card as cards
from moderation.review import history, log, page, service, undoing, words
from moderation.review.forms import (
    DecisionForm,
    KeysForm,
    LogForm,
    NoteForm,
    ScreenForm,
    SkipForm,
    Switch,
    UndoForm,
)
from moderation.review.moved import moved
from moderation.review.queries import Desk
from moderation.sites import service as sites
from moderation.web import reads, see_other, wants_piece, writes

bp = Blueprint("review", __name__)
bp.add_app_template_filter(words.did)

DESK = (Role.MODERATOR, Role.LAWYER)


@bp.get("/review")
@requires(*DESK)
@writes
def desk() -> ResponseReturnValue:
    """The case in your hands, or the next one."""
    dealt = service.deal(somebody(), _here())
    database.commit_and_keep()
    database.will_read()
    if dealt.case_id is None:
        if "again" in request.args:
            return "", 204
        return page.show(_here(), dealt.lanes, None)
    return page.show(_here(), dealt.lanes, _card(dealt.case_id))


@bp.get("/review/cases/<int:case_id>")
@requires(*DESK)
def case(case_id: int) -> ResponseReturnValue:
    """Any case, open or closed; taken from nobody's hands."""
    service.find(_here(), case_id)
    return _case_page(case_id, tick_copies=request.args.get("with") == "copies")


@bp.post("/review/cases/<int:case_id>/decisions")
@requires(*DESK)
def decide(case_id: int) -> ResponseReturnValue:
    """Record a decision, about others too if they are ticked; then the next case."""
    found = service.find(_here(), case_id)
    form = DecisionForm()
    if not form.validate():
        return _again(case_id, form)
    try:
        _decide(found, form)
    except StaleCase as stale:
        return _stale(stale.case.id, form)
    except OthersMovedOn as moved_on:
        return _others_moved_on(case_id, form, moved_on)
    except Missing as error:  # the clause
        form.clause.errors = [error.sentence]
        return _again(case_id, form)
    db.session.commit()
    return see_other(url_for(".desk"))


def _decide(found: Case, form: DecisionForm) -> None:
    seen = Seen(form.revision.data, form.version.data)
    if form.action.data is Action.ESCALATE:
        to = Role(form.to.data.value)
        service.escalate(found, to, by=somebody(), seen=seen, note=form.note.data)
        return
    service.decide(
        found,
        form.action.data,
        by=somebody(),
        seen=seen,
        code=form.clause.data if form.needs_clause else "",
        statement=form.statement.data,
        note=form.note.data,
        others=form.also.data,
    )


@bp.post("/review/cases/<int:case_id>/skip")
@requires(*DESK)
def skip(case_id: int) -> ResponseReturnValue:
    """Not this one now."""
    found = service.find(_here(), case_id)
    if not SkipForm().validate():
        return _again(case_id, DecisionForm())
    service.skip(found, by=somebody())
    db.session.commit()
    return see_other(url_for(".desk"))


@bp.post("/review/cases/<int:case_id>/notes")
@requires(*DESK)
def add_note(case_id: int) -> ResponseReturnValue:
    """A word to colleagues; for a script only the notes, so that the rest stays as typed."""
    found = service.find(_here(), case_id)
    form = NoteForm()
    if not form.validate():
        typed = DecisionForm()
        typed.note.errors = form.note.errors
        return _again(case_id, typed)
    service.add_note(found, form.note.data, by=somebody())
    db.session.commit()
    if not wants_piece():
        return see_other(url_for(".case", case_id=case_id))
    return render_template("review/_notes.html", card=_card(case_id))


@bp.post("/review/cases/<int:case_id>/lease")
@requires(*DESK)
@reads
def lease(case_id: int) -> ResponseReturnValue:
    """Hold on to a case while looking at it, and hear what a colleague did with it."""
    here = _here()
    form = ScreenForm()
    is_whole = form.validate()
    if form.form_errors:
        raise NotAllowed(LEFT_OPEN)
    pulse = service.look(here, case_id)
    if is_whole and pulse.version != form.version.data:
        change = history.last_change(case_id, viewer=somebody(), now=here.now, since=form.shown_at)
        return render_template("review/_changed.html", change=change, case_id=case_id)
    if service.needs_renewal(pulse, now=here.now):
        db.session.rollback()
        database.will_write()
        service.renew(here, case_id)
        db.session.commit()
    return "", 204


@bp.post("/review/undo")
@requires(*DESK)
def undo() -> ResponseReturnValue:
    """Take a decision back, and what was decided with it; its case is in your hands again."""
    form = UndoForm()
    if not form.validate():
        raise Missing("There is no such decision to take back.")
    decision = service.find_decision(_here(), form.decision.data)
    back = service.undo(decision, by=somebody(), alone=form.alone.data)
    left = undoing.left_in_words(back.undone.left)
    found = back.case
    db.session.commit()
    if left or not wants_piece():
        flash(undoing.done_in_words(len(back.undone.back)), "success")
    for sentence in left:
        flash(sentence, "wait")
    if found.lease_holder_id == somebody().id:
        return see_other(url_for(".desk"))
    return see_other(url_for(".case", case_id=found.id))


@bp.post("/review/keys")
@requires(*DESK)
def switch_keys() -> ResponseReturnValue:
    """Single keys on or off, for this person everywhere."""
    form = KeysForm()
    if form.validate():
        service.set_keys(somebody(), on=form.keys.data is Switch.ON)
        db.session.commit()
    return see_other(url_for(".desk"))


@bp.get("/review/log")
@requires(*DESK)
def show_log() -> ResponseReturnValue:
    """Who decided what, newest first."""
    form = LogForm(request.args)
    here = _here()
    found = log.page(here, form.wanted)
    people = db.session.scalars(log.staff()).all()
    clauses = {code: title for code, title in db.session.execute(log.clause_titles(here.site_id))}  # noqa: C416
    form.offer(people={p.id: p.name for p in people}, clauses=clauses, me=here.person_id)
    return render_template("review/log.html", form=form, found=found, undo=UndoForm(), now=here.now)


@bp.get("/review/help")
@requires(*DESK)
def show_keys() -> ResponseReturnValue:
    """What each key does."""
    return render_template("review/help.html")


def _here() -> Desk:
    """This person at this site's desk, now; the same for the whole request."""
    if "desk" not in g:
        g.desk = service.desk_of(somebody(), sites.current(), now=clock.now())
    here: Desk = g.desk
    return here


def _card(case_id: int) -> cards.Card:
    return cards.card(case_id, viewer=somebody(), now=_here().now)


def _case_page(
    case_id: int,
    *,
    form: DecisionForm | None = None,
    tick_copies: bool = False,
    others_moved_on: OthersMovedOn | None = None,
    code: int = 200,
) -> Response:
    card = _card(case_id)
    if tick_copies and form is None and card.beside.alike:
        form = DecisionForm(formdata=None, also=[one.seen for one in card.beside.alike.exact])
    return page.show(
        _here(),
        service.standing(_here()).lanes,
        card,
        form=form,
        others_moved_on=others_moved_on,
        code=code,
        at=url_for(".case", case_id=case_id),
    )


def _again(case_id: int, form: DecisionForm) -> Response:
    """Nothing was stored: the same case, with what was typed."""
    db.session.rollback()
    return _case_page(case_id, form=form, code=422)


def _others_moved_on(case_id: int, form: DecisionForm, moved_on: OthersMovedOn) -> Response:
    """Nothing was stored: those that moved on are named and no longer ticked."""
    db.session.rollback()
    form.also.data = [one for one in form.also.data if one.comment_id not in moved_on.why]
    return _case_page(case_id, form=form, others_moved_on=moved_on, code=409)


def _stale(case_id: int, form: DecisionForm) -> Response:
    """Somebody was first: what they did, and what was typed, ready to be decided again."""
    db.session.rollback()
    service.find(_here(), case_id)
    card = _card(case_id)
    changes = moved(card, revision_id=form.revision.data, since=form.shown_at)
    form.revision.data, form.version.data = card.comment.revision_id, card.case.version
    lanes = service.standing(_here()).lanes
    at = url_for(".case", case_id=case_id)
    return page.show(_here(), lanes, card, form=form, changes=changes, code=409, at=at)
