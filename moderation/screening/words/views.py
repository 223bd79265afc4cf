"""Pages for leads: the word lists, what is on them, and a text to try them on."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation import web
from moderation.database import db
from moderation.errors import ModerationError
from moderation.forms import one_line
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.policy import service as policy
from moderation.screening.normal import normalised
from moderation.screening.words import queries, service
from moderation.screening.words.forms import ButtonForm, ListForm, TryForm, WordForm
from moderation.screening.words.models import WordList
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("words", __name__)

ON_PAGE = 100


@bp.get("/rules/words")
@requires(Role.LEAD)
def lists() -> ResponseReturnValue:
    return _lists(_list_form(formdata=None), TryForm(formdata=None))


@bp.post("/rules/words")
@requires(Role.LEAD)
def import_list() -> ResponseReturnValue:
    """A new list, or more for one that is there."""
    form = _list_form()
    if not form.validate():
        return _lists(form, TryForm(formdata=None)), 422
    site = sites.current()
    try:
        words = service.open_list(site, form.name.data, clause=form.clause.data)
        report = service.import_lines(words, form.lines.data.splitlines(), site=site, by=somebody())
    except ModerationError as error:
        db.session.rollback()
        form.form_errors.append(error.sentence)
        return _lists(form, TryForm(formdata=None)), web.status_of(error)
    db.session.commit()
    flash(_told(report), "success" if report.added else "message")
    return see_other(url_for(".one_list", list_id=words.id))


@bp.post("/rules/words/try")
@requires(Role.LEAD)
@web.reads
def try_text() -> ResponseReturnValue:
    """Which entries are in a text, also in disguise."""
    form = TryForm()
    if not form.validate():
        return _lists(_list_form(formdata=None), form), 422
    normal = normalised(form.text.data)
    matches = service.matcher(sites.current()).find(normal)
    return _lists(_list_form(formdata=None), form, matches=matches, repairs=normal.repairs)


@bp.get("/rules/words/<int:list_id>")
@requires(Role.LEAD)
def one_list(list_id: int) -> ResponseReturnValue:
    return _one(service.find_list(sites.current(), list_id), WordForm(formdata=None))


@bp.post("/rules/words/<int:list_id>")
@requires(Role.LEAD)
def add_word(list_id: int) -> ResponseReturnValue:
    site = sites.current()
    words = service.find_list(site, list_id)
    form = WordForm()
    if not form.validate():
        return _one(words, form), 422
    try:
        entry = service.add(words, form.word.data, site=site, by=somebody())
    except ModerationError as error:
        db.session.rollback()
        form.word.errors = [error.sentence]
        return _one(service.find_list(site, list_id), form), web.status_of(error)
    db.session.commit()
    flash(f"“{entry.text}” is on the list.", "success")
    return see_other(url_for(".one_list", list_id=list_id))


@bp.post("/rules/words/<int:list_id>/<int:word_id>/remove")
@requires(Role.LEAD)
def remove_word(list_id: int, word_id: int) -> ResponseReturnValue:
    site = sites.current()
    words = service.find_list(site, list_id)
    form = ButtonForm()
    if not form.validate():
        return _one(words, WordForm(formdata=None), problem=form), 422
    service.remove_word(words, word_id, site=site, by=somebody())
    db.session.commit()
    flash("The entry is off the list.", "success")
    return see_other(url_for(".one_list", list_id=list_id))


@bp.post("/rules/words/<int:list_id>/remove")
@requires(Role.LEAD)
def remove_list(list_id: int) -> ResponseReturnValue:
    site = sites.current()
    words = service.find_list(site, list_id)
    form = ButtonForm()
    if not form.validate():
        return _one(words, WordForm(formdata=None), problem=form), 422
    name = words.name
    service.remove_list(words, site=site, by=somebody())
    db.session.commit()
    flash(f"The list “{name}” is removed.", "success")
    return see_other(url_for(".lists"))


def _list_form(**given: Any) -> ListForm:
    """With the clauses in force to choose from."""
    form = ListForm(**given)
    version = policy.in_force(sites.current())
    form.clause.choices = [(clause.code, clause.title) for clause in version.clauses]
    return form


def _lists(form: ListForm, trial: TryForm, **found: Any) -> str:
    lists_here = db.session.execute(queries.lists(sites.current().id)).all()
    shown = {"matches": None, "repairs": frozenset(), **found}
    return render_template(
        "screening/words.html", lists=lists_here, form=form, trial=trial, **shown
    )


def _one(words: WordList, form: WordForm, problem: ButtonForm | None = None) -> str:
    begins = one_line(request.args.get("begins"))[:100]
    after = one_line(request.args.get("after"))[:200]
    found = db.session.scalars(
        queries.page(words.id, begins=begins.lower(), after=after, limit=ON_PAGE + 1)
    ).all()
    return render_template(
        "screening/word_list.html",
        words=words,
        entries=found[:ON_PAGE],
        next=found[ON_PAGE - 1].text if len(found) > ON_PAGE else None,
        begins=begins,
        form=form,
        problem=problem or ButtonForm(formdata=None),
    )


def _told(report: service.Imported) -> str:
    """What became of the lines, in a sentence."""
    parts = [f"{report.added:,} {'entry' if report.added == 1 else 'entries'} added"]
    if report.known:
        parts.append(f"{report.known:,} {'was' if report.known == 1 else 'were'} there already")
    if skipped := sum(report.skipped.values()):
        reasons = "; ".join(
            f"line {shown[0][0]}, “{shown[0][1]}”: {reason[:1].lower()}{reason[1:].rstrip('.')}"
            for reason, shown in report.examples.items()
        )
        parts.append(f"{skipped:,} skipped ({reasons})")
    return ", ".join(parts) + "."
