"""What the database knows about an author and an article at the moment of a comment."""

from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter

from moderation import ids
from moderation.articles.models import Article
from moderation.cases.decisions import DecisionRole
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.models import Person
from moderation.screening.subject import ArticleFacts, AuthorFacts

REMEMBERED = 20  # comments that people decided about make an author's recent history
COUNTED = 200  # comments beyond which nobody's count matters
LOOKED_BACK = 100  # of them, for what was decided
TEN_MINUTES = timedelta(minutes=10)
JUDGING = (Action.APPROVE, Action.HIDE, Action.RESTORE)

# Text, as in `repeats.queries`: every comment waits for it.
_COUNTS = (
    "SELECT '' AS action, count(*) AS one, count(*) FILTER (WHERE id >= ?) AS two FROM"
    " (SELECT id FROM comment WHERE author_id = ? ORDER BY id DESC LIMIT {counted}) AS newest"
)
# what people decided and nobody has taken back; of each comment the last counts
_JUDGED = (
    "SELECT action, comment_id, id FROM (SELECT d.action, d.comment_id, d.id FROM"
    " (SELECT id FROM comment WHERE author_id = ? ORDER BY id DESC LIMIT {looked_back}) AS newest"
    " CROSS JOIN decision AS d WHERE d.comment_id = newest.id AND d.decided_by_id IS NOT NULL"
    " AND d.role = '{effective}' AND d.action IN ({judging}) AND NOT EXISTS (SELECT 1"
    " FROM decision AS undo WHERE undo.supersedes_id = d.id AND undo.action = '{undo}')"
    " ORDER BY d.id DESC LIMIT {most}) AS judged"
)


@cache
def _statement(style: str) -> str:
    """Rows of ("", comments so far, of them lately) and of (action, comment, decision)."""
    counts = _COUNTS.format(counted=COUNTED)
    judged = _JUDGED.format(
        looked_back=LOOKED_BACK,
        effective=DecisionRole.EFFECTIVE.value,
        judging=", ".join(f"'{action.value}'" for action in JUDGING),
        undo=Action.UNDO.value,
        most=2 * REMEMBERED,
    )
    statement = f"{counts} UNION ALL {judged}"
    return statement if style == "qmark" else statement.replace("?", "%s")


def author_facts(author: Person, *, now: datetime, from_network: int = 0) -> AuthorFacts:
    """Bounded, however long somebody has been here. One query.

    from_network: comments of the last ten minutes from where this one comes from.
    """
    connection = db.session.connection()
    given = (ids.first_at(now - TEN_MINUTES), author.id, author.id)
    found = connection.exec_driver_sql(_statement(connection.dialect.paramstyle), given).all()
    ((_, comments, lately),) = (row for row in found if not row[0])
    judged = sorted((row for row in found if row[0]), key=itemgetter(2), reverse=True)
    last: dict[int, str] = {}
    for action, comment_id, _ in judged:
        last.setdefault(comment_id, action)
    actions = list(last.values())[:REMEMBERED]
    return AuthorFacts(
        age_days=_days(author.created_at, now),
        comments=comments,
        decided=len(actions),
        restricted=actions.count(Action.HIDE.value),
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
