"""Pages for leads: the newsroom's rules, how they are tried, and how right they are."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation import web
from moderation.database import db
from moderation.errors import Conflict, ModerationError
from moderation.people import throttle
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.screening.rulebook import checking, dryrun, page, service, trying
from moderation.screening.rulebook.forms import ModeForm, RuleForm, SaveForm, VersionForm
from moderation.screening.rulebook.models import DryRun, Rule
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.trying import Tried
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("rulebook", __name__)

RUNS = "30/hour"
MODES = {PhaseMode.OFF: "off", PhaseMode.SHADOW: "in shadow", PhaseMode.LIVE: "live"}
TOO_MANY = "That was a lot of dry runs. Wait {wait} for the next one."


@bp.get("/rules")
@requires(Role.LEAD)
def overview() -> ResponseReturnValue:
    return _overview()


@bp.get("/rules/new")
@requires(Role.LEAD)
def new() -> ResponseReturnValue:
    """With what was tried in a dry run, if the address names one."""
    return page.rule(page.blank_form(_run_asked_for()))


@bp.post("/rules/try")
@requires(Role.LEAD)
@web.reads
def try_texts() -> ResponseReturnValue:
    """What the rule says about the texts in the form. Nothing is kept."""
    form = page.form()
    try:
        tried = _tried(form)
    except BadRule as error:
        return _refused(form, error)
    if form.errors:
        return _wrong(form), 422
    if web.wants_piece():
        return render_template("screening/_rule_tried.html", tried=tried)
    return page.rule(form, tried=tried)


@bp.post("/rules")
@requires(Role.LEAD)
def propose() -> ResponseReturnValue:
    """A dry run of what was typed; only from there it can be saved."""
    form = page.form()
    if not form.validate():
        return page.rule(form), 422
    throttle.hit(f"dry-run:{somebody().id}", RUNS, TOO_MANY)
    try:
        run = service.propose(sites.current(), form.proposal(), days=form.days.data, by=somebody())
    except BadRule as error:
        return _refused(form, error)
    except ModerationError as error:
        db.session.rollback()
        form.form_errors.append(error.sentence)
        return page.rule(form), 409 if isinstance(error, Conflict) else 422
    db.session.commit()
    return see_other(url_for(".dry_run", run_id=run.id))


@bp.get("/rules/<name>")
@requires(Role.LEAD)
def one(name: str) -> ResponseReturnValue:
    rule = service.find(sites.current(), name)
    return page.rule(page.filled_form(rule, _run_asked_for()))


@bp.post("/rules/<name>/mode")
@requires(Role.LEAD)
def set_mode(name: str) -> ResponseReturnValue:
    rule, form = service.find(sites.current(), name), ModeForm()
    if not form.validate():
        return _overview(form), 422
    _must_be_on_screen(rule, form)
    service.set_mode(rule, form.mode.data, site=sites.current(), by=somebody())
    db.session.commit()
    flash(f"The rule “{name}” is {MODES[form.mode.data]} now.", "success")
    return see_other(url_for(".overview"))


@bp.post("/rules/<name>/retire")
@requires(Role.LEAD)
def retire(name: str) -> ResponseReturnValue:
    rule, form = service.find(sites.current(), name), VersionForm()
    if not form.validate():
        return _overview(form), 422
    _must_be_on_screen(rule, form)
    service.retire(rule, site=sites.current(), by=somebody())
    db.session.commit()
    flash(f"The rule “{name}” is retired. What it said is kept.", "success")
    return see_other(url_for(".overview"))


@bp.get("/rules/dry-runs/<int:run_id>")
@requires(Role.LEAD)
def dry_run(run_id: int) -> ResponseReturnValue:
    return _dry_run(service.find_run(sites.current(), run_id), SaveForm(formdata=None))


@bp.post("/rules/dry-runs/<int:run_id>/save")
@requires(Role.LEAD)
def save(run_id: int) -> ResponseReturnValue:
    site = sites.current()
    run = service.find_run(site, run_id)
    form = SaveForm()
    if not form.validate():
        return _dry_run(run, form), 422
    try:
        rule = service.save(run, form.mode.data, site=site, by=somebody())
    except ModerationError as error:
        db.session.rollback()
        form.form_errors.append(error.sentence)
        run = service.find_run(site, run_id)
        return _dry_run(run, form), 409 if isinstance(error, Conflict) else 422
    db.session.commit()
    flash(f"Version {rule.version} of “{rule.name}” is {MODES[rule.mode]} now.", "success")
    return see_other(url_for(".one", name=rule.name))


def _overview(problem: VersionForm | None = None) -> str:
    shown = problem or VersionForm(formdata=None)
    return render_template("screening/rules.html", problem=shown, **page.overview())


def _dry_run(run: DryRun, form: SaveForm) -> str:
    piece = web.wants_piece()
    template = "screening/_dry_run.html" if piece else "screening/dry_run.html"
    return render_template(template, form=form, **page.run(run))


def _run_asked_for() -> DryRun | None:
    """The dry run whose words somebody wants to change."""
    asked = request.args.get("from", type=int)
    if asked is None or not 0 < asked < 2**63:
        return None
    return service.find_run(sites.current(), asked)


def _must_be_on_screen(rule: Rule, form: VersionForm) -> None:
    if rule.version != form.version.data:
        raise Conflict(
            f"Somebody saved version {rule.version} of “{rule.name}” meanwhile. Look again."
        )


def _tried(form: RuleForm) -> list[Tried]:
    """Also without a name: a rule may be tried before it has one. Raises BadRule."""
    form.validate()
    form.name.errors = []
    if form.errors:
        return []
    wish = form.proposal()
    checking.checked(wish.expression)
    return trying.tried(
        sites.current(),
        dryrun.ruleset(wish.expression, clause=wish.clause, hold=wish.hold),
        should_flag=wish.should_flag,
        should_pass=wish.should_pass,
        tried_as=wish.tried_as,
    )


def _wrong(form: RuleForm) -> str:
    if not web.wants_piece():
        return page.rule(form)
    sentences = [sentence for several in form.errors.values() for sentence in several]
    return render_template("_notice.html", kind="error", sentence=" ".join(sentences))


def _refused(form: RuleForm, error: BadRule) -> tuple[Any, int]:
    db.session.rollback()
    form.expression.errors = [error.sentence]
    if web.wants_piece() and error.place:
        return render_template("screening/_rule_refused.html", bad=error), 422
    return (_wrong(form) if web.wants_piece() else page.rule(form, bad=error)), 422
