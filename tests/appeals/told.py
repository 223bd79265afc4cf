"""How appeals begin and end."""

from sqlalchemy import select

from moderation.appeals import outcome, service
from moderation.cases.decide import Reasons
from moderation.cases.decisions import Appeal, AppealOutcome, Decision
from moderation.cases.models import Case, Report
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.outbox.models import Message
from moderation.people.models import Person
from tests import factories

STANDS, REVERSED = AppealOutcome.UPHELD, AppealOutcome.REVERSED


def reported(status: Status = Status.PUBLISHED) -> tuple[Comment, Report]:
    comment = factories.comment(status=Status.PUBLISHED)
    return comment, factories.report(comment)


def hidden() -> tuple[Comment, Decision, Report]:
    comment, report = reported()
    return comment, factories.decision(comment, Action.HIDE), report


def turned_down() -> tuple[Comment, Decision, Report]:
    comment, report = reported()
    return comment, factories.decision(comment, Action.APPROVE), report


def answer(
    appeal: Appeal, what: AppealOutcome, *, by: Person | None = None, statement: str = ""
) -> Decision:
    case = db.session.get_one(Case, appeal.case_id)
    clause = factories.clause() if statement else None
    return outcome.decide(
        case,
        what,
        by=by or factories.moderator(),
        seen=factories.seen(case),
        reasons=Reasons(clause=clause, statement=statement),
    )


def lodge(decision: Decision, report: Report, *, author: bool) -> Appeal:
    if author:
        return service.by_author(decision, text="Look again.")
    return service.by_reporter(decision, text="Look again.", report=report)


def letters(kind: str) -> list[str]:
    """To whom letters of this kind are addressed."""
    found = select(Message.to).where(Message.key.startswith(f"{kind}:")).order_by(Message.id)
    return list(db.session.scalars(found))


def author_of(comment: Comment) -> Person:
    return db.session.get_one(Person, comment.author_id)
