"""Answer the reports of a comment, and take answers back."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

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
    reports = db.session.scalars(_with_sender(queries.unsettled(comment.id))).all()
    _answer_all(reports, OUTCOMES[decision.action], decision, site=site)


def answer(report: Report, outcome: Outcome, decision: Decision, *, site: Site) -> None:
    """Settle one report and have its sender told, once, after a minute's grace."""
    _answer_all([report], outcome, decision, site=site)


def withdrawn(comment: Comment, *, site: Site) -> None:
    """The author took the comment back: the open reports have no object any more."""
    reports = db.session.scalars(_with_sender(queries.unsettled(comment.id))).all()
    _settle_all(reports, Outcome.NO_OPINION, None, site=site)
    outbox.post_all(
        "report-withdrawn",
        [
            outbox.Sending(address, f"outcome:{report.id}:withdrawn", _facts(report, site))
            for report, address in _addressed(reports)
        ],
        grace=GRACE,
    )


def take_back(decision: Decision, *, site: Site) -> None:
    """Unsettle what `decision` settled. The letters still in the house never leave it."""
    # all about its comment, which is what reports are found by
    about = Report.comment_id == decision.comment_id
    settled = select(Report).where(about, Report.settled_by_id == decision.id).order_by(Report.id)
    told = set(outbox.cancel(f"decision:{decision.id}"))
    reports = db.session.scalars(_with_sender(settled)).all()
    _settle_all(reports, None, None, site=site)
    outbox.post_all(
        "report-reopened",
        [
            outbox.Sending(address, f"reopened:{report.id}:{decision.id}", _facts(report, site))
            for report, address in _addressed(reports)
            if f"outcome:{report.id}:{decision.id}" in told
        ],
    )


def reverse(
    comment: Comment, decision: Decision, *, site: Site, appellants: Collection[int] = ()
) -> None:
    """An appeal turned the earlier answer round: final outcomes follow, and everybody is told.

    appellants: ids of reports whose senders hear of it as the outcome of their appeal.
    """
    contested = or_(Report.settled_by_id == decision.supersedes_id, Report.id.in_(appellants))
    answered = select(Report).where(Report.comment_id == comment.id, contested)
    reports = db.session.scalars(_with_sender(answered.order_by(Report.id))).all()
    outcome = OUTCOMES[decision.action]
    told_apart = [report for report in reports if report.id in appellants]
    _settle_all(told_apart, outcome, decision, site=site)
    others = [report for report in reports if report.id not in appellants]
    _answer_all(others, outcome, decision, site=site)


def address_of(report: Report) -> str | None:
    return report.reporter.email if report.reporter else report.email


def _with_sender(found: Select[Report]) -> Select[Report]:
    return found.options(joinedload(Report.reporter), joinedload(Report.clause))


def _answer_all(
    reports: Sequence[Report], outcome: Outcome, decision: Decision, *, site: Site
) -> None:
    _settle_all(reports, outcome, decision, site=site)
    outbox.post_all(
        "report-outcome",
        [
            outbox.Sending(
                address,
                f"outcome:{report.id}:{decision.id}",
                {**_facts(report, site), "outcome": outcome, "decision": decision},
            )
            for report, address in _addressed(reports)
        ],
        about=f"decision:{decision.id}",
        grace=GRACE,
    )


def _settle_all(
    reports: Sequence[Report], outcome: Outcome | None, decision: Decision | None, *, site: Site
) -> None:
    """outcome None: they are open again."""
    now = clock.now() if outcome else None
    for report in reports:
        report.outcome, report.settled_at = outcome, now
        report.settled_by_id = decision.id if decision else None
    happened = [
        ReportSettled(
            report_id=report.id,
            outcome=outcome.value if outcome else None,
            decision_id=decision.id if decision else None,
        )
        for report in reports
    ]
    events.record_all(happened, site_id=site.id)


def _addressed(reports: Sequence[Report]) -> Iterator[tuple[Report, str]]:
    """Those whose senders can be told."""
    return ((report, address) for report in reports if (address := address_of(report)))


def _facts(report: Report, site: Site) -> dict[str, Any]:
    return {"site": site, "report": report}
