"""What the database knows about an author and an article at the moment of a comment."""

from datetime import datetime, timedelta

from sqlalchemy import Select, Subquery, bindparam, func, select

from moderation import ids
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
LOOKED_BACK = 200  # of them, for what was decided
TEN_MINUTES = timedelta(minutes=10)
JUDGING = (Action.APPROVE, Action.HIDE, Action.RESTORE)


def author_facts(author: Person, *, now: datetime, from_network: int = 0) -> AuthorFacts:
    """Bounded, however long somebody has been here.

    from_network: comments of the last ten minutes from where this one comes from.
    """
    connection = db.session.connection()
    since = ids.first_at(now - TEN_MINUTES)
    counts = connection.execute(COUNTS, {"author": author.id, "since": since})
    comments, lately = counts.one()
    last: dict[int, Action] = {}
    for comment_id, action in connection.execute(JUDGED, {"author": author.id}):
        last.setdefault(comment_id, action)
    actions = list(last.values())[:REMEMBERED]
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


def _newest(count: int) -> Subquery:
    """Ids of the author's comments, from the index alone."""
    return (
        select(Comment.id)
        .where(Comment.author_id == bindparam("author"))
        .order_by(Comment.id.desc())
        .limit(count)
        .subquery()
    )


def _counts() -> Select[int, int]:
    """(comments so far, of them with ids from `since` on), at most COUNTED."""
    newest = _newest(COUNTED)
    lately = func.count().filter(newest.c.id >= bindparam("since"))
    return select(func.count(), lately).select_from(newest)


def _judged() -> Select[int, Action]:
    """(comment, what a person decided about it): the newest decisions that stand.

    Enough for REMEMBERED comments, if most were decided about twice at most.
    """
    newest = _newest(LOOKED_BACK)
    return (
        cases.not_undone()
        .with_only_columns(Decision.comment_id, Decision.action)
        .join(newest, newest.c.id == Decision.comment_id)
        .where(Decision.decided_by_id.is_not(None), Decision.action.in_(JUDGING))
        .order_by(Decision.id.desc())
        .limit(2 * REMEMBERED)
    )


# made once: to put such a statement together takes longer than to answer it
COUNTS = _counts()
JUDGED = _judged()
