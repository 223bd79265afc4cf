"""What every decision brings with it: the status, the words of the log, the event, the letters."""

from moderation import events, outbox, rows
from moderation.cases import searching, statements
from moderation.cases.decisions import Decision, LogWords
from moderation.comments import service as comments
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.events.kinds import CommentDecided
from moderation.people.models import Person
from moderation.policy.models import Clause, PolicyVersion
from moderation.sites.models import Site


def move(comment: Comment, decision: Decision, standing: Status, *, site: Site) -> None:
    """Give the comment the status its decisions lead to; write down what is searched and sealed."""
    old = comment.status
    comments.set_status(comment, standing)
    revision = db.session.get_one(Revision, decision.revision_id)
    words = " ".join(searching.words(f"{revision.body} {decision.statement} {decision.note}"))
    rows.insert_into(
        db.session.connection(),
        LogWords,
        decision_id=decision.id,
        comment_id=comment.id,
        words=words,
    )
    clause = db.session.get(Clause, decision.clause_id) if decision.clause_id else None
    events.record(
        CommentDecided(
            comment_id=comment.id,
            decision_id=decision.id,
            revision_id=decision.revision_id,
            action=decision.action.value,
            clause=clause.code if clause else None,
            old_status=old.value,
            new_status=comment.status.value,
            decided_by_id=decision.decided_by_id,
            supersedes_id=decision.supersedes_id,
            checker=decision.checker,
        ),
        site_id=site.id,
    )


def tell_author(comment: Comment, decision: Decision, clause: Clause | None, *, site: Site) -> None:
    """Of a restriction and of its end."""
    author = db.session.get_one(Person, comment.author_id)
    if clause is not None and statements.is_restriction(decision.status_before, decision.action):
        version = db.session.get_one(PolicyVersion, clause.version_id)
        statements.write(decision, clause=clause, version=version, site=site, author=author)
    elif decision.supersedes_id is None and _ends_restriction(comment, decision):
        # else it is an appeal's outcome, and its author is told that
        statements.tell_restored(decision, site=site, comment=comment, author=author)


def _ends_restriction(comment: Comment, decision: Decision) -> bool:
    if comment.status is not Status.PUBLISHED:
        return False  # withdrawn meanwhile
    if decision.action is Action.APPROVE and decision.status_before is Status.PENDING:
        return statements.is_on_hold(comment)
    return decision.action is Action.RESTORE


def tell_undone(decision: Decision, back: Decision, comment: Comment, *, site: Site) -> None:
    """The author hears of it only if the letter about the decision has left the house."""
    told = outbox.cancel(f"decision:{decision.id}")
    author = db.session.get_one(Person, comment.author_id)
    if f"statement:{decision.id}" in told:
        statements.tell_taken_back(back, site=site, comment=comment, author=author)
    elif f"restored:{decision.id}" in told:
        statements.say_again(back, site=site, author=author)
