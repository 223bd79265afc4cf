"""The page for leads: how much may be held, when an article is too hot, how good machines are."""

from dataclasses import replace

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from moderation import clock
from moderation.database import db
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.screening import checkers, choices, kit
from moderation.screening.budget import bars, numbers, queries, service
from moderation.screening.budget.forms import LimitsForm, filled, mark_of
from moderation.screening.budget.reckoning import HEADS
from moderation.screening.settings import Screening
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("budget", __name__)
bp.add_app_template_filter(checkers.called, "checker")

MOVED_ON = "Somebody changed the limits meanwhile. Save yours again if they are still meant."


@bp.get("/rules/budget")
@requires(Role.LEAD)
def limits() -> ResponseReturnValue:
    return _page(filled(_chosen()))


@bp.post("/rules/budget")
@requires(Role.LEAD)
def set_limits() -> ResponseReturnValue:
    """The thresholds follow at once."""
    form = LimitsForm()
    if not form.validate():
        return _page(form), 422
    site, now = sites.current(), clock.now()
    choices.lock(site)
    before = _chosen()
    if form.seen.data != mark_of(before):
        db.session.rollback()
        form.form_errors.append(MOVED_ON)
        form.seen.data = mark_of(before)
        return _page(form), 409
    chosen = replace(
        before,
        hold_share=form.hold_share.data,
        sampled=form.sampled.data,
        heat=form.heat(),
    )
    choices.choose(site, chosen, by=somebody())
    service.keep(site, service.reckon_now(site, kit.shipped_bars(site), now), now)
    db.session.commit()
    flash("The limits are saved and count from now on.", "success")
    return see_other(url_for(".limits"))


def _chosen() -> Screening:
    return Screening.from_stored(sites.current().settings.screening)


def _page(form: LimitsForm) -> str:
    site, chosen = sites.current(), _chosen()
    rows = bars.rows(site)
    by_checker = {row.checker: row for row in rows}
    in_force = kit.of(site).bars
    return render_template(
        "screening/budget.html",
        form=form,
        chosen=chosen,
        together=by_checker.get(bars.TOGETHER),
        rows=[row for row in rows if row.checker != bars.TOGETHER],
        heads={head: in_force[head].hold_at for head in HEADS if head in in_force},
        by_hand={head: chosen.bars[head].hold_at for head in HEADS if head in chosen.bars},
        model_is_live=chosen.mode("risk") is PhaseMode.LIVE,
        enough=service.ENOUGH,
        days=service.PERIOD.days,
        found=numbers.numbers(site, clock.now() - service.PERIOD),
        most_counted=queries.COUNTED,
    )
