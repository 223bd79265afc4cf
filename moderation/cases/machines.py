"""What a machine may do beyond reporting: ask for a first look, and leave what it would have done.

It never hides and never rejects; whatever it holds, a person decides.
"""

from moderation.cases import evidence, moving, queries, service
from moderation.cases.decisions import Decision, DecisionRole, How
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status, after
from moderation.database import db, saved
from moderation.policy.models import Clause
from moderation.sites.models import Site

STATEMENT = (
    "{plain} One of our automatic checks thinks that this may be the case here. A moderator looks "
    "at your comment now, and it is back on the page if the check was wrong."
)


def shadow(comment: Comment, *, checker: str, version: str, clause: Clause, site: Site) -> Decision:
    """A machine wants a person to look, at once or first: kept for measuring it, nothing else."""
    return saved(
        Decision(
            site_id=site.id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            role=DecisionRole.SHADOW,
            action=Action.HOLD,
            clause_id=clause.id,
            checker=checker,
            checker_version=version,
            detected_how=How.RULE,
            decided_how=How.RULE,
            status_before=Status.NEW,
        )
    )


def hold(comment: Comment, *, checker: str, version: str, clause: Clause) -> Decision | None:
    """Take a published comment off the page until a person has looked, with its statement.

    None if there is nothing to hold, or a person has decided about these words already.
    """
    site, _article, comment = service.lock(comment.id)
    if comment.status is not Status.PUBLISHED or _is_decided(comment):
        return None
    decision = saved(
        Decision(
            id=service.next_decision_id(comment),
            site_id=site.id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            action=Action.HOLD,
            clause_id=clause.id,
            statement=STATEMENT.format(plain=clause.plain),
            checker=checker,
            checker_version=version,
            detected_how=How.RULE,
            decided_how=How.RULE,
            status_before=Status.PUBLISHED,
        )
    )
    moving.move(comment, decision, after(Status.PUBLISHED, Action.HOLD), site=site)
    moving.tell_author(comment, decision, clause, site=site)
    case = service.held_case(comment, site=site)
    held_until = evidence.held_until(comment, site.settings)
    if held_until is not None:
        case.due_at = min(case.due_at, held_until)
    case.version += 1
    return decision


def _is_decided(comment: Comment) -> bool:
    """Whether a person has decided about the words as they are now."""
    last = db.session.scalar(queries.latest(comment.id))
    return (
        last is not None
        and last.decided_by_id is not None
        and last.revision_id == comment.revision_id
    )
