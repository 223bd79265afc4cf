"""Answer the reports of a comment, and take answers back."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from moderation import clock, events, outbox
from moderation.cases import queries
from moderation.cases.decisions import Decision
from moderation.cases.models import Outcome, Report
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.events.kinds import ReportSettled
from moderation.sites.models import Site

GRACE = timedelta(minutes=1)

OUTCOMES = {
    Action.HIDE: Outcome.UPHELD,
    Action.APPROVE: Outcome.NOT_UPHELD,
    Action.RESTORE: Outcome.NOT_UPHELD,
    # left hidden for other reasons: nothing is said about what was alleged
    Action.UPHOLD: Outcome.NO_OPINION,
}


def all_open(comment: Comment, decision: Decision, *, site: Site) -> None:
    """`decision` answers every open report on `comment`."""
    for report in db.session.scalars(_with_sender(queries.unsettled(comment.id))):
        answer(report, OUTCOMES[decision.action], decision, site=site)


def answer(report: Report, outcome: Outcome, decision: Decision, *, site: Site) -> None:
    """Settle one report and have its sender told, once, after a minute's grace."""
    _settle(report, outcome, decision, site=site)
    if address := address_of(report):
        outbox.post(
            "report-outcome",
            to=address,
            key=f"outcome:{report.id}:{decision.id}",
            about=f"decision:{decision.id}",
            grace=GRACE,
            site=site,
            report=report,
            outcome=outcome,
            decision=decision,
        )


def withdrawn(comment: Comment, *, site: Site) -> None:
    """The author took the comment back: the open reports have no object any more."""
    for report in db.session.scalars(_with_sender(queries.unsettled(comment.id))):
        _settle(report, Outcome.NO_OPINION, None, site=site)
        if address := address_of(report):
            outbox.post(
                "report-withdrawn",
                to=address,
                key=f"outcome:{report.id}:withdrawn",
                grace=GRACE,
                site=site,
                report=report,
            )


def take_back(decision: Decision, *, site: Site) -> None:
    """Unsettle what `decision` settled. The letters still in the house never leave it."""
    # all about its comment, which is what reports are found by
    about = Report.comment_id == decision.comment_id
    settled = select(Report).where(about, Report.settled_by_id == decision.id).order_by(Report.id)
    told = set(outbox.cancel(f"decision:{decision.id}"))
    for report in db.session.scalars(_with_sender(settled)):
        report.outcome = report.settled_at = report.settled_by_id = None
        events.record(
            ReportSettled(report_id=report.id, outcome=None, decision_id=None), site_id=site.id
        )
        address = address_of(report)
        if address and f"outcome:{report.id}:{decision.id}" in told:
            outbox.post(
                "report-reopened",
                to=address,
                key=f"reopened:{report.id}:{decision.id}",
                site=site,
                report=report,
            )


def reverse(
    comment: Comment, decision: Decision, *, site: Site, appellants: Collection[int] = ()
) -> None:
    """An appeal turned the earlier answer round: final outcomes follow, and everybody is told.

    appellants: ids of reports whose senders hear of it as the outcome of their appeal.
    """
    contested = or_(Report.settled_by_id == decision.supersedes_id, Report.id.in_(appellants))
    answered = select(Report).where(Report.comment_id == comment.id, contested)
    for report in db.session.scalars(_with_sender(answered.order_by(Report.id))).all():
        if report.id in appellants:
            _settle(report, OUTCOMES[decision.action], decision, site=site)
        else:
            answer(report, OUTCOMES[decision.action], decision, site=site)


def address_of(report: Report) -> str | None:
    return report.reporter.email if report.reporter else report.email


def _with_sender(found: Select[Report]) -> Select[Report]:
    return found.options(joinedload(Report.reporter), joinedload(Report.clause))


def _settle(report: Report, outcome: Outcome, decision: Decision | None, *, site: Site) -> None:
    report.outcome = outcome
    report.settled_at = clock.now()
    report.settled_by_id = decision.id if decision else None
    events.record(
        ReportSettled(
            report_id=report.id,
            outcome=outcome.value,
            decision_id=decision.id if decision else None,
        ),
        site_id=site.id,
    )
