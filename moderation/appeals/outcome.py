"""Answer an appeal: the decision stands, or is reversed. Final here."""

from collections.abc import Sequence

from moderation import clock, events, outbox
from moderation.appeals import queries
from moderation.cases import decide as desk
from moderation.cases import service as cases
from moderation.cases import settle
from moderation.cases.decide import Reasons, Seen
from moderation.cases.decisions import Appeal, AppealOutcome, Decision
from moderation.cases.models import LANE_LEGAL, Case
from moderation.cases.stale import StaleCase
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import NotAllowed, Refused
from moderation.events.kinds import AppealSettled
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.sites.models import Site


def decide(
    case: Case, outcome: AppealOutcome, *, by: Person, seen: Seen, reasons: Reasons
) -> Decision:
    """Say whether the contested decision stands, and tell both sides. The caller commits.

    Raises StaleCase if case or comment moved on since `seen`, NotAllowed if `by` may not, Refused
    if a restriction lacks its reasons or the outcome no longer fits the comment.
    """
    site, _article, comment = cases.lock(case.comment_id)
    db.session.refresh(case)
    if (case.version, comment.revision_id) != (seen.version, seen.revision_id):
        raise StaleCase(case, cases.latest_decision(comment))
    if case.closed_at is not None:
        raise Refused("This appeal has been answered already.")
    _refuse(case, comment, by=by)
    appeals = db.session.scalars(queries.of_case(case.id)).all()
    action = _action(outcome, appeals, cases.standing_of(comment))
    decision = desk.record(
        case,
        comment,
        action,
        by=by,
        reasons=_fitting(reasons, action),
        site=site,
        supersedes=max((appeal.decision for appeal in appeals), key=lambda each: each.id),
    )
    if outcome is AppealOutcome.REVERSED:
        _follow(comment, decision, appeals, site=site)
    for appeal in appeals:
        _settle(appeal, outcome, decision, comment=comment, site=site)
    cases.close(case)
    return decision


def _refuse(case: Case, comment: Comment, *, by: Person) -> None:
    cases.refuse_own(comment, by)
    if db.session.scalar(queries.decided_by(comment.id, by.id)) is not None:
        raise NotAllowed("You have decided about this comment before: somebody else answers.")
    if by.role is Role.LAWYER and case.lane > LANE_LEGAL:
        raise NotAllowed("A lawyer decides in the legal lanes only.")
    if case.addressee is not None and not by.may(case.addressee, Role.LEAD):
        raise NotAllowed(f"This appeal was handed to a {case.addressee.value}.")


def _action(outcome: AppealOutcome, appeals: Sequence[Appeal], standing: Status) -> Action:
    """What the outcome means for the comment as it stands now."""
    by_author = appeals[0].report_id is None
    wanted = Status.PUBLISHED if by_author else Status.HIDDEN
    if outcome is AppealOutcome.UPHELD:
        if standing is wanted:
            raise Refused(
                "The comment's state was changed since, to what is asked for here. "
                "The decision does not stand any more: reverse it."
            )
        return Action.UPHOLD
    if not by_author:
        return Action.HIDE
    return Action.RESTORE if standing is Status.HIDDEN else Action.APPROVE


def _fitting(reasons: Reasons, action: Action) -> Reasons:
    """A clause belongs to a restriction only."""
    return reasons if action is Action.HIDE else Reasons(None, reasons.statement, reasons.note)


def _follow(comment: Comment, decision: Decision, appeals: Sequence[Appeal], *, site: Site) -> None:
    """The reports that the contested decisions answered get the new answer."""
    own = {appeal.report_id for appeal in appeals if appeal.report_id is not None}
    settle.reverse(comment, decision, site=site, appellants=own)


def _settle(
    appeal: Appeal, outcome: AppealOutcome, decision: Decision, *, comment: Comment, site: Site
) -> None:
    appeal.outcome = outcome
    appeal.outcome_decision_id = decision.id
    appeal.settled_at = clock.now()
    events.record(
        AppealSettled(appeal_id=appeal.id, decision_id=decision.id, outcome=outcome.value),
        site_id=site.id,
    )
    address = _address(appeal, comment)
    if address is not None:
        outbox.post(
            "appeal-outcome",
            to=address,
            key=f"appeal-outcome:{appeal.id}",
            about=f"decision:{decision.id}",
            site=site,
            appeal=appeal,
            report=appeal.report,
            outcome=outcome,
            decision=decision,
        )


def _address(appeal: Appeal, comment: Comment) -> str | None:
    if appeal.report is not None:
        return settle.address_of(appeal.report)
    return db.session.get_one(Person, comment.author_id).email
