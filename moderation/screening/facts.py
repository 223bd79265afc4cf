"""What the database knows about an author and an article at the moment of a comment."""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, select

from moderation.articles.models import Article
from moderation.cases import queries as cases
from moderation.cases.decisions import Decision
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.models import Person
from moderation.screening.subject import ArticleFacts, AuthorFacts

REMEMBERED = 20  # decisions of people that make an author's recent history
COUNTED = 1000  # comments beyond which nobody's count matters
TEN_MINUTES = timedelta(minutes=10)
JUDGED = (Action.APPROVE, Action.HIDE, Action.RESTORE)


def author_facts(author: Person, *, now: datetime, from_network: int = 0) -> AuthorFacts:
    """Bounded, however long somebody has been here.

    from_network: comments of the last ten minutes from where this one comes from.
    """
    comments, lately = db.session.execute(_counts(author.id, since=now - TEN_MINUTES)).one()
    actions = list(db.session.scalars(_judged(author.id)))
    return AuthorFacts(
        age_days=_days(author.created_at, now),
        comments=comments,
        decided=len(actions),
        restricted=sum(action is Action.HIDE for action in actions),
        in_ten_minutes=lately,
        network_in_ten_minutes=from_network,
    )


def article_facts(article: Article, *, now: datetime) -> ArticleFacts:
    return ArticleFacts(
        slug=article.slug,
        mode=article.mode_at(now).value,
        age_days=_days(article.created_at, now),
        comments=article.comment_count,
        contempt_terms=tuple(article.contempt_terms or ()),
    )


def _days(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since) / timedelta(days=1))


def _counts(author_id: int, *, since: datetime) -> Select[int, int]:
    """(comments so far, of them since): by the index of an author's comments, at most COUNTED."""
    newest = (
        select(Comment.created_at)
        .where(Comment.author_id == author_id)
        .order_by(Comment.id.desc())
        .limit(COUNTED)
        .subquery()
    )
    return select(func.count(), func.count().filter(newest.c.created_at > since)).select_from(
        newest
    )


def _judged(author_id: int) -> Select[Action]:
    """What people decided last about each of the author's newest comments."""
    newest = (
        select(Comment.id)
        .where(Comment.author_id == author_id)
        .order_by(Comment.id.desc())
        .limit(COUNTED // 5)
        .subquery()
    )
    standing = cases.not_undone().subquery()
    last = (
        select(func.max(standing.c.id))
        .select_from(newest)
        .join(
            standing,
            and_(
                standing.c.comment_id == newest.c.id,
                standing.c.decided_by_id.is_not(None),
                standing.c.action.in_(JUDGED),
            ),
        )
        .group_by(newest.c.id)
    )
    return (
        select(Decision.action)
        .where(Decision.id.in_(last))
        .order_by(Decision.id.desc())
        .limit(REMEMBERED)
    )
