"""The page for leads that says whether the checks look, and the button that makes up for it."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from moderation.database import db
from moderation.errors import Refused
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.screening.health import checking, page
from moderation.screening.health.forms import CheckForm
from moderation.screening.health.models import PhaseCheck
from moderation.screening.health.queries import COUNTED
from moderation.screening.settings import PHASES
from moderation.sites import service as sites
from moderation.web import see_other, wants_piece

bp = Blueprint("checks", __name__)

NOTHING = "“{}” has looked at everything: there is nothing to check."
ALL = "“{title}” has now looked at {done}."
SOME = (
    "“{title}” could look at {checked} of {done} so far. What is left is still marked as "
    "unchecked; try again later."
)
ON = "“{title}” has {done} of {total} behind it. The rest is worked off in the background."


@bp.get("/rules/health")
@requires(Role.LEAD)
def health() -> ResponseReturnValue:
    """The page; for a script only the lights, while something is being checked."""
    template = "screening/_lights.html" if wants_piece() else "screening/health.html"
    return render_template(
        template,
        lights=page.lights(sites.current()),
        form=CheckForm(formdata=None),
        most_counted=COUNTED,
    )


@bp.post("/rules/health/check")
@requires(Role.LEAD)
def check() -> ResponseReturnValue:
    """Let a check look at what it has missed: some of it at once, the rest by the worker."""
    form = CheckForm()
    if not form.validate():
        raise Refused(" ".join([*form.form_errors, *form.phase.errors]))
    site_id, phase = sites.current().id, form.phase.data
    total = checking.begin(sites.current(), phase, by=somebody())
    db.session.commit()
    if not total:
        flash(NOTHING.format(PHASES[phase]), "message")
        return see_other(url_for(".health"))
    checking.begin_working(site_id, phase)
    flash(*_said(db.session.get_one(PhaseCheck, (site_id, phase), populate_existing=True)))
    db.session.rollback()
    return see_other(url_for(".health", _anchor=phase))


def _said(check: PhaseCheck) -> tuple[str, str]:
    """(sentence, kind of message)."""
    title, done = PHASES[check.phase], _comments(check.done)
    if check.finished_at is None:
        return ON.format(title=title, done=check.done, total=_comments(check.total)), "message"
    if check.checked < check.done:
        return SOME.format(title=title, checked=check.checked, done=done), "warning"
    return ALL.format(title=title, done=done), "success"


def _comments(count: int) -> str:
    return "one comment" if count == 1 else f"{count:,} comments"
