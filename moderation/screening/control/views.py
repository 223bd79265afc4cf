"""The page for leads: every check in its order, its switch, and from which scores on it counts."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.database import db
from moderation.errors import Conflict
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.screening import kit
from moderation.screening.control import about, page, queries, service
from moderation.screening.control.forms import BarsForm, ModeForm
from moderation.screening.settings import PHASES
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("control", __name__)

NOW = {
    PhaseMode.OFF: "is off now: it looks at nothing.",
    PhaseMode.SHADOW: "is in shadow now: what it says is kept, and nothing follows from it.",
    PhaseMode.LIVE: "is live now.",
}


@bp.app_template_filter()
def score(bar: float | None) -> str:
    """A threshold in words."""
    return "never" if bar is None else f"{bar:g}"


@bp.get("/rules/phases")
@requires(Role.LEAD)
def checks() -> ResponseReturnValue:
    return _page()


@bp.post("/rules/phases")
@requires(Role.LEAD)
def set_manners() -> ResponseReturnValue:
    """Whether authors are asked before posting, and the site's language."""
    site = sites.current()
    form = page.manners(site)
    if not form.validate():
        return _page(manners=form), 422
    try:
        service.set_manners(
            site,
            nudge=form.nudge.data,
            language=form.language.data,
            seen=form.seen.data,
            by=somebody(),
        )
    except Conflict as error:
        return _moved_on(error)
    db.session.commit()
    asked = "are asked before posting" if form.nudge.data else "are not asked before posting"
    language = about.LANGUAGES[form.language.data]
    flash(f"Authors {asked}, and the site’s language is {language}.", "success")
    return see_other(url_for(".checks"))


@bp.post("/rules/phases/<phase>/mode")
@requires(Role.LEAD)
def set_mode(phase: str) -> ResponseReturnValue:
    """It counts at once, in every process."""
    service.check_phase(phase)
    form = ModeForm()
    if not form.validate():
        return _page(problem=form), 422
    mode = form.mode.data
    try:
        service.set_mode(sites.current(), phase, mode, seen=form.seen.data, by=somebody())
    except Conflict as error:
        return _moved_on(error)
    db.session.commit()
    flash(f"“{PHASES[phase]}” {NOW[mode]}", "success")
    return see_other(url_for(".checks", _anchor=phase))


@bp.post("/rules/phases/<phase>/scores")
@requires(Role.LEAD)
def set_bars(phase: str) -> ResponseReturnValue:
    """As typed, or back to what is shipped."""
    service.check_phase(phase)
    site = sites.current()
    form = page.scores(phase, service.chosen(site), kit.shipped_bars(site))
    back = "shipped" in request.form
    if not form.validate() and not (back and not form.form_errors):
        return _page(refused={phase: form}), 422
    wanted = service.of_phase(kit.shipped_bars(site), phase) if back else form.bars()
    try:
        changed = service.set_bars(site, phase, wanted, seen=form.seen.data, by=somebody())
    except Conflict as error:
        return _kept(phase, form, error)
    db.session.commit()
    flash(" ".join([f"“{PHASES[phase]}” is saved.", *page.in_words(site, changed)]), "success")
    return see_other(url_for(".checks", _anchor=phase))


def _kept(phase: str, form: BarsForm, error: Conflict) -> tuple[str, int]:
    """What was typed stands there, to be saved over what somebody else has saved."""
    db.session.rollback()
    form.form_errors.append(error.sentence)
    by_hand = service.of_phase(service.chosen(sites.current()).bars, phase)
    form.seen.data = service.mark_of(by_hand)
    return _page(refused={phase: form}), 409


def _moved_on(error: Conflict) -> tuple[str, int]:
    """How it stands now, and that it was somebody else."""
    db.session.rollback()
    form = ModeForm(formdata=None)
    form.form_errors.append(error.sentence)
    return _page(problem=form), 409


def _page(
    *, refused: dict[str, Any] | None = None, manners: Any = None, problem: Any = None
) -> str:
    """refused: phase → the form of its scores, as typed. problem: a form that failed."""
    site = sites.current()
    return render_template(
        "screening/phases.html",
        checks=page.checks(site, refused or {}),
        modes=list(PhaseMode),
        manners=manners or page.manners(site, formdata=None),
        problem=problem or next(iter((refused or {}).values()), manners),
        counted=queries.COUNTED,
        days=page.LATELY.days,
    )
