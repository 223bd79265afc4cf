"""The two doors for reporting a comment, and what its sender sees afterwards."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation import signing, web
from moderation.cases import deadlines
from moderation.cases.models import Report
from moderation.cases.stale import AlreadyReported
from moderation.comments.models import Comment
from moderation.database import db
from moderation.errors import Missing, Throttled
from moderation.forms import one_line
from moderation.people import service as people
from moderation.people import throttle
from moderation.people.guard import current_person, for_everybody, requires, somebody
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy import service as policy
from moderation.policy.models import PolicyVersion
from moderation.reports import queries, rules, service
from moderation.reports.forms import DISAGREE, ConfirmForm, NoticeForm, ReportForm
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("reports", __name__)
bp.add_app_template_filter(rules.law_in_words)
bp.add_app_template_filter(rules.answer_in_words)
bp.add_app_template_filter(rules.kind_in_words)
bp.add_app_template_filter(deadlines.appeal_until)
# letters carry links for people without an account
bp.add_app_template_global(signing.signed)


@bp.get("/comments/<int:comment_id>/report")
@for_everybody
def report_form(comment_id: int) -> ResponseReturnValue:
    """Both doors, and the form behind the first."""
    comment, version = _find(comment_id), policy.in_force(sites.current())
    return _report_page(comment, version, _report_form(version))


@bp.post("/comments/<int:comment_id>/report")
@for_everybody
@web.reads
def report(comment_id: int) -> ResponseReturnValue:
    """Take a report under the policy; whoever has been signed out meanwhile keeps the text."""
    comment, version = _find(comment_id), policy.in_force(sites.current())
    form = _report_form(version)
    person = current_person()
    if person is None:
        return _report_page(comment, version, form), 403
    people.must_be_confirmed(person)
    if not form.validate():
        return _report_page(comment, version, form), 422
    if form.clause.data == DISAGREE:
        return see_other(url_for(".disagree", comment_id=comment_id))
    clause = next(each for each in version.clauses if each.code == form.clause.data)
    web.begin_to_write()
    try:
        service.report(comment, by=person, clause=clause, explanation=form.explanation.data)
    except (AlreadyReported, Throttled) as error:
        db.session.rollback()
        form.form_errors.append(error.sentence)
        page = _report_page(_find(comment_id), policy.in_force(sites.current()), form)
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, Throttled) else {}
        return page, web.status_of(error), headers
    db.session.commit()
    return see_other(url_for(".thanks", comment_id=comment_id))


@bp.get("/comments/<int:comment_id>/report/thanks")
@requires(Role.COMMENTER)
def thanks(comment_id: int) -> ResponseReturnValue:
    """What became of the report at once."""
    _find(comment_id)
    found = db.session.scalar(queries.latest_about(comment_id, somebody().id, _site_id()))
    if found is None:
        raise Missing("You have not reported this comment.")
    return render_template("reports/thanks.html", told=service.tell([found])[0])


@bp.get("/comments/<int:comment_id>/report/disagree")
@for_everybody
def disagree(comment_id: int) -> ResponseReturnValue:
    """To disagree is no report, and nothing was stored."""
    return render_template("reports/disagree.html", comment=_find(comment_id))


@bp.get("/comments/<int:comment_id>/report-illegal")
@for_everybody
def notice_form(comment_id: int) -> ResponseReturnValue:
    """The second door: no account needed."""
    return _notice_page(_find(comment_id), _notice_form(current_person()))


@bp.post("/comments/<int:comment_id>/report-illegal")
@for_everybody
def notify(comment_id: int) -> ResponseReturnValue:
    """Take a notice of illegal content."""
    comment, person = _find(comment_id), current_person()
    form = _notice_form(person)
    if not form.validate():
        return _notice_page(comment, form), 422
    notice = (
        form.notice(name=person.name, email=person.email) if person is not None else form.notice()
    )
    network = throttle.network(request.remote_addr)
    try:
        taken = service.notify(comment, notice, by=person, network=network, site=sites.current())
    except Throttled as error:
        db.session.rollback()
        form.form_errors.append(error.sentence)
        page = _notice_page(_find(comment_id), form)
        return page, 429, {"Retry-After": str(error.retry_after)}
    db.session.commit()
    return see_other(url_for(".received", reference=taken.reference))


@bp.get("/reports/received/<reference>")
@for_everybody
def received(reference: str) -> ResponseReturnValue:
    """The receipt.

    It is the same whether the notice is new or repeats an earlier one: whoever types somebody's
    address must not learn what that person reported.
    """
    found = db.session.scalar(queries.by_reference(one_line(reference), _site_id()))
    if found is None:
        raise Missing("We have no notice with this number.")
    return render_template("reports/received.html", report=found)


@bp.get("/me/reports")
@requires(Role.COMMENTER)
def mine() -> ResponseReturnValue:
    """Somebody's reports, and what became of them."""
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < 2**63:
        before = None
    found = db.session.scalars(queries.sent_by(somebody().id, _site_id(), before=before)).all()
    return render_template(
        "reports/mine.html",
        lines=service.tell(found[: queries.PAGE]),
        before=found[queries.PAGE - 1].id if len(found) > queries.PAGE else None,
        policy=policy.in_force(sites.current()),
    )


@bp.get("/reports/<token>")
@for_everybody
def one(token: str) -> ResponseReturnValue:
    """One report, for somebody without an account; the link is in our letters."""
    found = _signed_for("report", token)
    return render_template(
        "reports/one.html",
        line=service.tell([found])[0],
        token=token,
        policy=policy.in_force(sites.current()),
    )


@bp.get("/reports/confirm/<token>")
@for_everybody
def confirm_form(token: str) -> ResponseReturnValue:
    """What was sent in the name of this address; mail programs open links, so a button follows."""
    found = _signed_for("confirm", token)
    return render_template(
        "reports/confirm.html",
        report=found,
        waiting=db.session.scalars(queries.unconfirmed(found.email or "", _site_id())).all(),
        token=token,
        form=ConfirmForm(),
    )


@bp.post("/reports/confirm/<token>")
@for_everybody
def confirm(token: str) -> ResponseReturnValue:
    """The notices are their sender's own."""
    found = _signed_for("confirm", token)
    if not ConfirmForm().validate():
        return see_other(url_for(".confirm_form", token=token))
    service.confirm(db.session.scalars(queries.unconfirmed(found.email or "", _site_id())).all())
    mine = url_for(".one", token=signing.signed("report", found.id))
    db.session.commit()
    flash("Thank you. Your address is confirmed.", "success")
    return see_other(mine)


def _site_id() -> int:
    return sites.current().id


def _signed_for(purpose: str, token: str) -> Report:
    """The report that a link in a letter is about."""
    id_ = signing.unsigned(purpose, token)
    found = db.session.scalar(queries.one(id_, _site_id()))
    if found is None:
        raise Missing("We have no report under this link.")
    return found


def _find(comment_id: int) -> Comment:
    found = service.find_comment(comment_id, sites.current())
    if found is None:
        raise Missing("There is no such comment. It may have been on another site.")
    return found


def _report_form(version: PolicyVersion) -> ReportForm:
    form = ReportForm()
    form.offer([(clause.code, clause.title) for clause in version.clauses])
    return form


def _report_page(comment: Comment, version: PolicyVersion, form: ReportForm) -> str:
    person = current_person()
    return render_template(
        "reports/report.html",
        comment=comment,
        quoted=service.quoted(comment),
        form=form,
        plain={clause.code: clause.plain for clause in version.clauses},
        is_mine=person is not None and comment.author_id == person.id,
        is_confirmed=person is not None and person.confirmed_at is not None,
    )


def _notice_form(person: Person | None) -> NoticeForm:
    form = NoticeForm()
    if person is not None:
        form.without_sender()
    return form


def _notice_page(comment: Comment, form: NoticeForm) -> str:
    return render_template(
        "reports/report_illegal.html",
        comment=comment,
        quoted=service.quoted(comment),
        form=form,
    )
