"""Contest a decision: its author, or a reporter, once each; somebody new looks again."""

from datetime import datetime

from moderation import clock, events, outbox
from moderation.appeals import queries
from moderation.cases import deadlines, statements
from moderation.cases import queries as work
from moderation.cases import service as cases
from moderation.cases.decisions import Appeal, Decision
from moderation.cases.models import Case, CaseKind, Outcome, Report
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.errors import Conflict, Refused
from moderation.events.kinds import AppealLodged
from moderation.people.models import Person
from moderation.sites.models import Site


class AlreadyAppealed(Conflict):
    """One appeal per decision and party."""

    def __init__(self) -> None:
        super().__init__(
            "You have appealed against this decision already. Somebody who had no part in it "
            "answers you."
        )


ELSEWHERE = "You may turn to a certified out-of-court dispute settlement body, or to a court."


def by_author(decision: Decision, *, text: str) -> Appeal:
    """The comment's author contests a restriction. Raises Refused or Conflict with a sentence."""
    site, _article, comment = cases.lock(decision.comment_id)
    refuse_author(decision, comment)
    author = db.session.get_one(Person, comment.author_id)
    appeal = _lodge(decision, comment, text=text, report=None, site=site)
    _acknowledge(appeal, decision, to=author.email, report=None, site=site)
    return appeal


def by_reporter(decision: Decision, *, text: str, report: Report) -> Appeal:
    """Somebody contests that their report was not upheld. Raises Refused or Conflict."""
    site, _article, comment = cases.lock(decision.comment_id)
    db.session.refresh(report)
    refuse_reporter(decision, comment, report)
    appeal = _lodge(decision, comment, text=text, report=report, site=site)
    if address := _address_of(report):
        _acknowledge(appeal, decision, to=address, report=report, site=site)
    return appeal


def refuse_author(decision: Decision, comment: Comment) -> None:
    """Raises unless the author may contest this decision now."""
    if not statements.is_restriction(decision.status_before, decision.action):
        raise Refused("This decision took nothing off the page, so there is nothing to appeal.")
    _refuse_party(decision, comment, None)
    _refuse_late(decision.decided_at)
    standing = db.session.scalar(queries.in_force(comment.id))
    if standing is None or standing.id != decision.id:
        raise Refused(
            "Something else has been decided about this comment since. "
            "Look under My comments for what holds now."
        )


def refuse_reporter(decision: Decision, comment: Comment, report: Report) -> None:
    """Raises unless the sender of `report` may contest this decision now."""
    if (report.settled_by_id, report.outcome) != (decision.id, Outcome.NOT_UPHELD):
        raise Refused("This decision did not turn your report down, so there is nothing to appeal.")
    _refuse_party(decision, comment, report)
    _refuse_late(report.settled_at or decision.decided_at)
    if comment.status is not Status.PUBLISHED:
        raise Refused("The comment is not on the page any more, so there is nothing to appeal.")


def _refuse_party(decision: Decision, comment: Comment, report: Report | None) -> None:
    """What holds for both sides: once each, and not after the matter is closed."""
    report_id = report.id if report else None
    own = db.session.scalar(queries.lodged(decision.id, report_id))
    if own is not None and own.settled_at is None:
        raise AlreadyAppealed
    over = db.session.scalar(queries.superseding(decision.id))
    if over is not None and over.action is Action.UNDO:
        raise Refused("This decision has been taken back already.")
    if over is not None or own is not None:
        raise Refused(f"An appeal against this decision has been answered. {ELSEWHERE}")
    if _came_of_appeal(decision) and db.session.scalar(queries.earlier(comment.id, report_id)):
        raise Refused(f"This is the answer to an appeal of yours, and final here. {ELSEWHERE}")
    _refuse_crossing(comment, report)


def _came_of_appeal(decision: Decision) -> bool:
    case = db.session.get(Case, decision.case_id) if decision.case_id else None
    return case is not None and case.kind is CaseKind.APPEAL


def _refuse_crossing(comment: Comment, report: Report | None) -> None:
    """Author and reporter want opposite things: one is answered before the other is taken."""
    case = db.session.scalar(work.open_case(comment.id, CaseKind.APPEAL))
    if case is None:
        return
    for appeal in db.session.scalars(queries.of_case(case.id)):
        if (appeal.report_id is None) != (report is None):
            raise Conflict(
                "Somebody else's appeal about this comment is being looked at. "
                "You can appeal when that is answered."
            )


def _refuse_late(told_at: datetime) -> None:
    if deadlines.appeal_until(told_at) < clock.now():
        raise Refused(f"The six months for an appeal are over. {ELSEWHERE}")


def _lodge(
    decision: Decision, comment: Comment, *, text: str, report: Report | None, site: Site
) -> Appeal:
    before = db.session.scalar(work.open_case(comment.id, CaseKind.APPEAL))
    due_at = clock.now() + site.settings.appeal_target
    case = cases.open_or_join(comment, site=site, kind=CaseKind.APPEAL, due_at=due_at)
    if before is not None:
        case.version += 1  # there is more to read than whoever has it open has seen
    appeal = saved(Appeal(case=case, decision=decision, report=report, text=text))
    events.record(
        AppealLodged(
            appeal_id=appeal.id,
            case_id=case.id,
            decision_id=decision.id,
            by_author=report is None,
        ),
        site_id=site.id,
    )
    return appeal


def _address_of(report: Report) -> str | None:
    if report.reporter_id is None:
        return report.email
    return db.session.get_one(Person, report.reporter_id).email


def _acknowledge(
    appeal: Appeal, decision: Decision, *, to: str, report: Report | None, site: Site
) -> None:
    outbox.post(
        "appeal-receipt",
        to=to,
        key=f"appeal-receipt:{appeal.id}",
        about=f"appeal:{appeal.id}",
        site=site,
        report=report,
        decided_at=decision.decided_at,
    )
