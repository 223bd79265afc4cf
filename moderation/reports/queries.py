"""Comments to report, and the reports somebody sent."""

from collections.abc import Collection

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from moderation.articles.models import Article
from moderation.cases.decisions import Appeal, Decision
from moderation.cases.models import Report, Track
from moderation.comments.models import Comment

PAGE = 50  # reports on a page


def comment(comment_id: int, site_id: int) -> Select[Comment]:
    """The comment with what is shown of it."""
    return (
        select(Comment)
        .join(Comment.article)
        .where(Comment.id == comment_id, Article.site_id == site_id)
        .options(
            joinedload(Comment.article), joinedload(Comment.author), joinedload(Comment.revision)
        )
    )


def _told(site_id: int) -> Select[Report]:
    """Reports with what their sender sees of them."""
    about = joinedload(Report.comment)
    return (
        select(Report)
        .join(Report.comment)
        .join(Comment.article)
        .where(Article.site_id == site_id)
        .options(
            about.joinedload(Comment.article),
            about.joinedload(Comment.author),
            about.joinedload(Comment.revision),
            joinedload(Report.clause),
        )
    )


def sent_by(person_id: int, site_id: int, *, before: int | None = None) -> Select[Report]:
    """Somebody's reports, newest first; one more than a page. before: an id."""
    found = _told(site_id).where(Report.reporter_id == person_id)
    if before is not None:
        found = found.where(Report.id < before)
    return found.order_by(Report.id.desc()).limit(PAGE + 1)


def one(report_id: int, site_id: int) -> Select[Report]:
    return _told(site_id).where(Report.id == report_id)


def by_reference(reference: str, site_id: int) -> Select[Report]:
    return _told(site_id).where(Report.reference == reference)


def latest_about(comment_id: int, person_id: int, site_id: int) -> Select[Report]:
    """The newest report of somebody under the policy on one comment."""
    return (
        _told(site_id)
        .where(
            Report.comment_id == comment_id,
            Report.reporter_id == person_id,
            Report.track == Track.POLICY,
        )
        .order_by(Report.id.desc())
        .limit(1)
    )


def unconfirmed(email: str, site_id: int) -> Select[Report]:
    """Notices sent in the name of an address whose owner has not said so yet.

    By article, because confirming locks one thread after the other.
    """
    return (
        _told(site_id)
        .where(Report.email == email, Report.email_confirmed_at.is_(None))
        .order_by(Comment.article_id, Report.id)
        .limit(PAGE)
    )


def is_known(email: str) -> Select[bool]:
    """Whether the owner of the address has confirmed a notice before."""
    return select(exists().where(Report.email == email, Report.email_confirmed_at.is_not(None)))


def appeals(report_ids: Collection[int]) -> Select[Appeal]:
    """What the senders of these reports have appealed, oldest first."""
    return select(Appeal).where(Appeal.report_id.in_(report_ids)).order_by(Appeal.id)


def superseded(decision_ids: Collection[int]) -> Select[int | None]:
    """Which of these decisions were taken back, or looked at again on appeal."""
    return select(Decision.supersedes_id).where(Decision.supersedes_id.in_(decision_ids))
