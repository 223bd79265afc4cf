"""The page for leads: which risk model is in use, what was learned, one click either way."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from moderation.database import db
from moderation.forms import PostForm
from moderation.people.guard import requires, somebody
from moderation.people.roles import Role
from moderation.screening.risk import page, service
from moderation.screening.risk.forms import ModelForm
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("risk", __name__)


@bp.get("/rules/model")
@requires(Role.LEAD)
def overview() -> ResponseReturnValue:
    return _page(PostForm(formdata=None))


@bp.post("/rules/model/learn")
@requires(Role.LEAD)
def learn() -> ResponseReturnValue:
    """A worker does it: this only asks."""
    form = PostForm()
    if not form.validate():
        return _page(form), 422
    service.ask(sites.current())
    db.session.commit()
    flash("It learns in the background now. Look again in a minute.", "success")
    return see_other(url_for(".overview"))


@bp.post("/rules/model/use")
@requires(Role.LEAD)
def use() -> ResponseReturnValue:
    form = ModelForm()
    if not form.validate():
        return _page(form), 422
    row = service.use(sites.current(), form.model_id.data, by=somebody())
    version = row.version
    db.session.commit()
    flash(f"Comments are scored by what was learned, version {version}, from now on.", "success")
    return see_other(url_for(".overview"))


@bp.post("/rules/model/return")
@requires(Role.LEAD)
def back_to_shipped() -> ResponseReturnValue:
    form = ModelForm()
    if not form.validate():
        return _page(form), 422
    service.back_to_shipped(sites.current(), form.model_id.data, by=somebody())
    db.session.commit()
    flash("Comments are scored by the shipped model again.", "success")
    return see_other(url_for(".overview"))


def _page(form: PostForm) -> str:
    return render_template("screening/model.html", form=form, **page.overview(sites.current()))
