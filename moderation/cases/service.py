"""Open, join, close and find the case of a comment."""

from datetime import datetime

from sqlalchemy import select

from moderation import clock, events, ids
from moderation.articles.models import Article
from moderation.cases import evidence, queries, settle
from moderation.cases.decisions import Decision
from moderation.cases.models import LANE_REST, Case, CaseKind, Report, Skip
from moderation.comments import service as comments
from moderation.comments.models import Comment
from moderation.comments.status import Status, standing
from moderation.database import db, saved
from moderation.errors import Conflict, NotAllowed
from moderation.events.kinds import CaseClosed, CaseOpened, CaseReopened, CommentWithdrawn
from moderation.people.models import Person
from moderation.sites.models import Site


def lock(comment_id: int) -> tuple[Site, Article, Comment]:
    """The comment, freshly read, and nobody else's until the commit."""
    article_id = db.session.execute(
        select(Comment.article_id).where(Comment.id == comment_id)
    ).scalar_one()
    article = comments.lock_thread(article_id)
    comment = db.session.execute(
        select(Comment).where(Comment.id == comment_id).execution_options(populate_existing=True)
    ).scalar_one()
    return db.session.get_one(Site, article.site_id), article, comment


def standing_of(comment: Comment) -> Status:
    """Where the decisions on `comment` have led, its author's withdrawal not counted."""
    return standing(db.session.scalars(queries.effective(comment.id)))


def open_or_join(
    comment: Comment,
    *,
    site: Site,
    kind: CaseKind = CaseKind.REVIEW,
    lane: int = LANE_REST,
    due_at: datetime,
) -> Case:
    """The comment's open case of this kind, brought forward if need be; else a new one."""
    case = db.session.scalar(queries.open_case(comment.id, kind))
    if case is not None:
        case.lane = min(case.lane, lane)
        case.due_at = min(case.due_at, due_at)
        return case
    case = saved(Case(site_id=site.id, comment_id=comment.id, kind=kind, lane=lane, due_at=due_at))
    events.record(
        CaseOpened(case_id=case.id, comment_id=comment.id, case_kind=kind.value, lane=lane),
        site_id=site.id,
    )
    return case


def close(case: Case) -> None:
    """Nothing is left to do; the lease ends with it."""
    case.closed_at = clock.now()
    release(case)
    events.record(CaseClosed(case_id=case.id), site_id=case.site_id)


def reopen(case: Case) -> Case:
    """Back to work with the old deadline; joins a case that was opened in the meantime."""
    other = db.session.scalar(queries.open_case(case.comment_id, case.kind))
    if other is not None:
        other.lane = min(other.lane, case.lane)
        other.due_at = min(other.due_at, case.due_at)
        other.version += 1
        return other
    case.closed_at = None
    events.record(CaseReopened(case_id=case.id), site_id=case.site_id)
    return case


def release(case: Case) -> None:
    case.lease_holder_id = case.lease_until = None


def withdraw(comment: Comment, *, by: Person) -> None:
    """The author takes the comment back. Its case closes, unless a notice of illegality is open."""
    site, _article, comment = lock(comment.id)
    if comment.author_id != by.id:
        raise NotAllowed("Only its author can withdraw a comment.")
    if comment.withdrawn_at is not None:
        raise Conflict("You have withdrawn this comment already.")
    comment.withdrawn_at = clock.now()
    comments.set_status(comment, standing_of(comment))
    events.record(CommentWithdrawn(comment_id=comment.id), site_id=site.id)
    if db.session.scalar(queries.open_notices(comment.id).limit(1)) is not None:
        return
    settle.withdrawn(comment, site=site)
    if case := db.session.scalar(queries.open_case(comment.id, CaseKind.REVIEW)):
        case.version += 1
        close(case)


def refuse_own(comment: Comment, person: Person) -> None:
    """Nobody handles a case about a comment they wrote or reported."""
    if comment.author_id == person.id:
        raise NotAllowed("You wrote this comment, so somebody else decides about it.")
    reported = select(Report.id).where(
        Report.comment_id == comment.id, Report.reporter_id == person.id
    )
    if db.session.scalar(reported.limit(1)) is not None:
        raise NotAllowed("You reported this comment, so somebody else decides about it.")


def skip(case: Case, *, by: Person, until: datetime) -> None:
    """`by` does not want to be dealt this case before `until`."""
    # sent twice at once, or somebody else's by now: the row is read as it is, and ours
    db.session.refresh(case, with_for_update=True)
    row = db.session.scalar(select(Skip).where(Skip.person_id == by.id, Skip.case_id == case.id))
    if row is None:
        saved(Skip(person_id=by.id, case_id=case.id, until=until))
    else:
        row.until = until
    if case.lease_holder_id == by.id:
        release(case)


def held_case(comment: Comment, *, site: Site) -> Case:
    """The case of a comment that waits for its first look."""
    due_at = evidence.held_until(comment, site.settings)
    return open_or_join(comment, site=site, due_at=due_at or clock.now())


def next_decision_id(comment: Comment) -> int:
    """Later than all about it, which is locked: their order is what its status follows from, and
    the clock may be another host's, or have been put back.
    """
    return ids.new(after=db.session.scalar(queries.last_decision_id(comment.id)) or 0)


def latest_decision(comment: Comment) -> Decision | None:
    return db.session.scalar(queries.latest(comment.id))
