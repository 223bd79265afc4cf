"""Appeal against a decision, and answer an appeal."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation import signing, web
from moderation.appeals import outcome as answer
from moderation.appeals import queries, service
from moderation.appeals.forms import AppealForm, OutcomeForm
from moderation.cases import service as cases
from moderation.cases.decide import Reasons, Seen
from moderation.cases.decisions import Decision
from moderation.cases.models import LANE_LEGAL, Case, Report
from moderation.cases.stale import StaleCase
from moderation.comments.models import Comment
from moderation.database import db
from moderation.errors import Conflict, Missing, NotAllowed, Refused
from moderation.people.guard import current_person, for_everybody, requires, somebody
from moderation.people.roles import Role
from moderation.policy import service as policy
from moderation.policy.models import PolicyVersion
from moderation.reports import service as reports
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("appeals", __name__)

NOT_YOURS = "We have no decision here for you to appeal against."
SIGNED_OUT = "You have been signed out, so nothing was sent. Sign in, and send it again."


@dataclass(frozen=True)
class Contested:
    """A decision and who contests it."""

    decision: Decision
    # the appellant's report; None is the comment's author
    report: Report | None
    # of the signed link of somebody without an account
    token: str

    @property
    def comment(self) -> Comment:
        return self.decision.comment

    def refuse(self) -> None:
        if self.report is None:
            service.refuse_author(self.decision, self.comment)
        else:
            service.refuse_reporter(self.decision, self.comment, self.report)

    def contest(self, text: str) -> None:
        if self.report is None:
            service.by_author(self.decision, text=text)
        else:
            service.by_reporter(self.decision, text=text, report=self.report)


@bp.get("/decisions/<int:decision_id>/appeal")
@for_everybody
def appeal_form(decision_id: int) -> ResponseReturnValue:
    """What was decided, and where to say why it is wrong."""
    contested = _contested(decision_id, request.args.get("token", ""))
    if contested is None:
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), code=303)
    contested.refuse()
    form = AppealForm()
    form.token.data = contested.token
    return _appeal_page(contested, form)


@bp.post("/decisions/<int:decision_id>/appeal")
@for_everybody
def appeal(decision_id: int) -> ResponseReturnValue:
    """Take an appeal."""
    form = AppealForm()
    token = request.args.get("token") or form.token.data or ""
    contested = _contested(decision_id, token)
    if contested is None:
        there = url_for(".appeal_form", decision_id=decision_id)
        return _not_taken(form, SIGNED_OUT, url_for("people.sign_in", next=there)), 403
    if not form.validate():
        return _appeal_page(contested, form), 422
    try:
        contested.contest(form.text.data)
    except (Conflict, Refused) as error:
        db.session.rollback()
        page = _not_taken(form, error.sentence, _afterwards(contested))
        return page, web.status_of(error)
    db.session.commit()
    flash("Your appeal has been sent. Somebody who has not decided before will read it.", "success")
    return see_other(_afterwards(contested))


@bp.post("/review/appeals/<int:case_id>/outcome")
@requires(Role.MODERATOR, Role.LAWYER)
def decide(case_id: int) -> ResponseReturnValue:
    """Answer an appeal."""
    version = policy.in_force(sites.current())
    form = OutcomeForm()
    form.offer([(clause.code, clause.title) for clause in version.clauses])
    case = _case(case_id)
    if not form.validate():
        return _outcome_page(case, form, version), 422
    clauses = {clause.code: clause for clause in version.clauses}
    reasons = Reasons(clauses.get(form.clause.data), form.statement.data, form.note.data)
    seen = Seen(form.revision.data, form.version.data)
    try:
        answer.decide(case, form.outcome.data, by=somebody(), seen=seen, reasons=reasons)
    except StaleCase as stale:
        return _again(case_id, form, 409, str(stale))
    except Refused as refused:
        return _again(case_id, form, 422, refused.sentence)
    db.session.commit()
    flash("The appeal is answered, and both sides are told.", "success")
    return see_other("/review")


def _contested(decision_id: int, token: str) -> Contested | None:
    """The decision, if who asks has a part in it; None if they must sign in first."""
    person = current_person()
    if person is None and not token:
        return None
    decision = db.session.scalar(queries.decision(decision_id, sites.current().id))
    if decision is None:
        raise Missing(NOT_YOURS)
    if token:
        report = db.session.scalar(queries.report(signing.unsigned("report", token)))
    elif person is not None and decision.comment.author_id == person.id:
        return Contested(decision, None, "")
    else:
        report = db.session.scalar(queries.answered_by(decision.id, person.id if person else 0))
    if report is None or report.comment_id != decision.comment_id:
        raise Missing(NOT_YOURS)
    return Contested(decision, report, token)


def _appeal_page(contested: Contested, form: AppealForm) -> str:
    comment = contested.comment
    mine = contested.report is None
    return render_template(
        "appeals/appeal.html",
        decision=contested.decision,
        report=contested.report,
        statement=db.session.scalar(queries.statement(contested.decision.id)) if mine else None,
        quoted=reports.words_of(comment) if mine else reports.quoted(comment),
        form=form,
        back=_afterwards(contested),
    )


def _not_taken(form: AppealForm, sentence: str, onward: str) -> str:
    """What was written, to be taken along."""
    form.form_errors.append(sentence)
    return render_template(
        "not_taken.html",
        title="Your appeal was not taken",
        form=form,
        typed=form.text.data,
        onward=onward,
        onward_words="Go on" if current_person() else "Sign in",
    )


def _afterwards(contested: Contested) -> str:
    if contested.token:
        return url_for("reports.one", token=contested.token)
    return "/me/comments" if contested.report is None else url_for("reports.mine")


def _case(case_id: int) -> Case:
    """An appeal of this site. NotAllowed beyond a lawyer's lanes, and about one's own comment."""
    case = db.session.scalar(queries.case(case_id, sites.current().id))
    if case is None:
        raise Missing("There is no such appeal.")
    if somebody().role is Role.LAWYER and case.lane > LANE_LEGAL:
        raise NotAllowed("A lawyer decides in the legal lanes only.")
    # the page for what was not stored tells as much as a card does
    cases.refuse_own(case.comment, somebody())
    return case


def _again(case_id: int, form: OutcomeForm, code: int, sentence: str) -> ResponseReturnValue:
    """The form with everything typed, over what holds now."""
    db.session.rollback()
    form.form_errors.append(sentence)
    return _outcome_page(_case(case_id), form, policy.in_force(sites.current())), code


def _outcome_page(case: Case, form: OutcomeForm, version: PolicyVersion) -> str:
    form.revision.data, form.version.data = case.comment.revision_id, case.version
    return render_template(
        "appeals/outcome.html",
        case=case,
        comment=case.comment,
        quoted=reports.words_of(case.comment),
        appeals=db.session.scalars(queries.of_case(case.id)).all(),
        answered=db.session.scalar(queries.answer(case.id)) if case.closed_at else None,
        newest=db.session.scalar(queries.in_force(case.comment_id)),
        form=form,
        policy=version,
    )
