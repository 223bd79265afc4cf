"""The statement of reasons for a restriction: written with it, shown and sent to the author."""

from moderation import outbox
from moderation.articles.models import Article
from moderation.cases import queries
from moderation.cases.decisions import Decision, How, Statement
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.people.models import Person
from moderation.policy.models import Clause, Ground, PolicyVersion
from moderation.sites.models import Site

RESTRICTIONS: dict[tuple[Status, Action], str] = {
    (Status.PENDING, Action.HIDE): "Your comment was not published.",
    (Status.PUBLISHED, Action.HIDE): "Your comment was taken off the page.",
    (Status.HIDDEN, Action.HIDE): "Your comment stays off the page.",
    (Status.PUBLISHED, Action.HOLD): (
        "Your comment was taken off the page until a moderator has looked at it again."
    ),
}

DETECTED = {
    How.REPORT: "A reader reported it under our policy.",
    How.NOTICE: "We received a notice that it is against the law.",
    How.MODE: "A moderator reads every comment under this article before it appears.",
    How.PERSON: "Our own moderators noticed it.",
    How.RULE: "One of our automatic rules noticed it.",
}

DECIDED = {
    How.PERSON: "A person decided.",
    How.RULE: "The decision was automatic.",
    How.MODE: "The decision was automatic.",
}


def write(
    decision: Decision, *, clause: Clause, version: PolicyVersion, site: Site, author: Person
) -> Statement:
    """Store the statement and post it at once: it is due when the restriction starts."""
    statement = saved(
        Statement(
            decision_id=decision.id,
            comment_id=decision.comment_id,
            clause_id=clause.id,
            restriction=RESTRICTIONS[decision.status_before, decision.action],
            explanation=decision.statement,
            ground=_ground(clause, version),
            detection=f"{DETECTED[decision.detected_how]} {DECIDED[decision.decided_how]}",
            redress=version.redress,
        )
    )
    _send(statement, clause, decision, key=f"statement:{decision.id}", site=site, author=author)
    return statement


def say_again(back: Decision, *, site: Site, author: Person) -> None:
    """Its author was told that the comment is back, and `back` took that back."""
    statement = db.session.scalar(queries.last_statement(back.comment_id))
    if statement is not None:
        key = f"statement:{statement.decision_id}:{back.id}"
        _send(statement, statement.clause, back, key=key, site=site, author=author)


def _send(
    statement: Statement, clause: Clause, news: Decision, *, key: str, site: Site, author: Person
) -> None:
    # locked with the thread, so both are at hand
    comment = db.session.get_one(Comment, statement.comment_id)
    article = db.session.get_one(Article, comment.article_id)
    outbox.post(
        "statement",
        to=author.email,
        key=key,
        about=f"decision:{news.id}",
        site=site,
        statement=statement,
        clause=clause,
        comment=comment,
        article=article,
    )


def _ground(clause: Clause, version: PolicyVersion) -> str:
    rule = f"clause “{clause.title}” of our community policy, version {version.number}"
    if clause.ground is Ground.LAW:
        return f"We believe it is against the law ({clause.legal_ground}), and against {rule}."
    return f"It is against {rule}."


def is_restriction(before: Status, action: Action) -> bool:
    """Whether `action` needs a clause, an explanation and a statement of reasons."""
    return (before, action) in RESTRICTIONS


def is_on_hold(comment: Comment) -> bool:
    """Whether a comment that is pending was on the page before, and its author told why not now."""
    statement = db.session.scalar(queries.last_statement(comment.id))
    return statement is not None and statement.decision.action is Action.HOLD


def tell_restored(decision: Decision, *, site: Site, comment: Comment, author: Person) -> None:
    """What was restricted is back."""
    outbox.post(
        "restored",
        to=author.email,
        key=f"restored:{decision.id}",
        about=f"decision:{decision.id}",
        site=site,
        comment_id=comment.id,
    )


def tell_taken_back(back: Decision, *, site: Site, comment: Comment, author: Person) -> None:
    """A restriction that its author was told of no longer holds."""
    if comment.status is Status.PUBLISHED:
        tell_restored(back, site=site, comment=comment, author=author)
        return
    outbox.post(
        "taken-back",
        to=author.email,
        key=f"taken-back:{back.id}",
        about=f"decision:{back.id}",
        site=site,
        status=comment.status.value,
    )
