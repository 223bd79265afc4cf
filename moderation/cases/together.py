"""Decide several comments at once, and take that back at once. The caller commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from moderation import clock, ids
from moderation.articles.models import Article
from moderation.cases import decide as one
from moderation.cases import queries, service
from moderation.cases.decide import Reasons, Seen
from moderation.cases.decisions import Decision
from moderation.cases.models import Case
from moderation.cases.stale import NotLatest, OthersMovedOn, StaleCase
from moderation.comments import service as comments
from moderation.comments.models import Comment
from moderation.comments.status import Action, after
from moderation.database import db
from moderation.errors import IllegalMove, ModerationError, NotAllowed, Refused
from moderation.people.models import Person
from moderation.sites.models import Site

MOST = 64
CHANGED = "It changed while you had it open: look at it again."
ABOVE = "Its case is about the law or about danger: it is decided by itself."
WITHDRAWN = "Its author withdrew it."
GONE = "It is not there any more."


@dataclass(frozen=True)
class Another:
    """A comment to be decided with the card's. seen: version 0 if it had no case."""

    comment_id: int
    seen: Seen


@dataclass(frozen=True)
class Undone:
    """back: the undos, the card's last. left: what could not be taken back, and why."""

    back: Sequence[Decision]
    left: Sequence[tuple[Decision, str]] = ()


def decide(
    case: Case,
    action: Action,
    others: Sequence[Another],
    *,
    by: Person,
    seen: Seen,
    reasons: Reasons,
) -> Decision:
    """The same for the case's comment and for `others`: all of them, or none. The case's decision.

    Raises as `cases.decide.decide` does about the case, OthersMovedOn about the others, Refused for
    more than MOST.
    """
    given = {other.comment_id: other for other in others if other.comment_id != case.comment_id}
    if len(given) > MOST:
        raise Refused(f"Decide at most {MOST} others at once.")
    _lock({case.comment_id, *given})
    site, comment = one.check(case, action, by=by, seen=seen)
    found = _checked(given.values(), action, beside=case, by=by, site=site)
    settle = partial(
        one.carry_out,
        action=action,
        by=by,
        reasons=reasons,
        site=site,
        batch_id=ids.new() if found else None,
    )
    for its_case, its_comment in found:
        settle(its_case, its_comment)
    # the card's own comes last, so that it is the one that an undo is offered for
    return settle(case, comment)


def undo(decision: Decision, *, by: Person) -> Undone:
    """Take back what was decided together with `decision`, as far as each still stands.

    Raises as `cases.decide.undo` does if nothing of it can be taken back.
    """
    batch = [decision]
    if decision.batch_id is not None:
        batch = list(db.session.scalars(queries.decided_together(decision.batch_id)))
    _lock({each.comment_id for each in batch})
    back: list[Decision] = []
    left: list[tuple[Decision, ModerationError]] = []
    for each in batch:
        try:
            back.append(one.undo(each, by=by))
        except (NotAllowed, NotLatest) as error:
            left.append((each, error))
    if not back:
        raise left[-1][1] if left else NotLatest
    return Undone(back, [(each, error.sentence) for each, error in left])


def _lock(comment_ids: Iterable[int]) -> None:
    """Their threads, in one order for everybody, so that no two wait for each other."""
    threads = select(Comment.article_id).where(Comment.id.in_(comment_ids)).distinct()
    for article_id in sorted(db.session.scalars(threads)):
        comments.lock_thread(article_id)


def _checked(
    others: Iterable[Another], action: Action, *, beside: Case, by: Person, site: Site
) -> list[tuple[Case, Comment]]:
    """All of them with their cases; OthersMovedOn names every one that cannot be decided."""
    found: list[tuple[Case, Comment]] = []
    why: dict[int, str] = {}
    for other in others:
        try:
            found.append(_check(other, action, beside=beside, by=by, site=site))
        except StaleCase:
            why[other.comment_id] = CHANGED
        except (NotAllowed, IllegalMove) as error:
            why[other.comment_id] = error.sentence
    if why:
        raise OthersMovedOn(why)
    return found


def _check(
    other: Another, action: Action, *, beside: Case, by: Person, site: Site
) -> tuple[Case, Comment]:
    comment = db.session.scalar(
        select(Comment)
        .join(Article, Article.id == Comment.article_id)
        .where(Comment.id == other.comment_id, Article.site_id == site.id)
        .execution_options(populate_existing=True)
    )
    if comment is None:
        raise NotAllowed(GONE)
    if comment.withdrawn_at is not None:
        raise NotAllowed(WITHDRAWN)
    case, seen = _case_of(comment, other.seen, by=by, site=site)
    one.check(case, action, by=by, seen=seen)
    if case.closed_at is None and case.lane < beside.lane:
        raise NotAllowed(ABOVE)
    after(service.standing_of(comment), action)
    return case, comment


def _case_of(comment: Comment, seen: Seen, *, by: Person, site: Site) -> tuple[Case, Seen]:
    """A comment that has no case gets one that is closed, as there was nothing to do."""
    case = db.session.scalar(queries.newest_case(comment.id))
    if case is not None:
        return case, seen
    if seen.version != 0:
        raise NotAllowed(CHANGED)
    service.refuse_own(comment, by)
    case = service.open_or_join(comment, site=site, due_at=clock.now())
    service.close(case)
    return case, Seen(seen.revision_id, case.version)
