"""What the readers' door asks for."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from moderation.articles.models import Article
from moderation.cases import queries as cases
from moderation.cases.decisions import Appeal, Decision, DecisionRole, Statement
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import Utc
from moderation.intake.models import Draft
from moderation.people.models import Sanction, SanctionKind
from moderation.policy.models import Clause

# the comment that a form has become already; built once, for it is asked of every comment
FIRST_SENT = select(Comment.id).where(
    Comment.author_id == bindparam("author"), Comment.submission == bindparam("submission")
)


def to_answer(article_id: int, comment_id: int) -> Select[Comment]:
    """A comment of this article, with who wrote it and what it says."""
    return (
        select(Comment)
        .where(Comment.id == comment_id, Comment.article_id == article_id)
        .options(joinedload(Comment.author), joinedload(Comment.revision))
    )


# until when a sanction keeps `person_id` from writing at `moment`, None for good; the longest
BARRED_UNTIL = (
    select(Sanction.until)
    .where(
        Sanction.person_id == bindparam("person_id"),
        Sanction.kind.in_((SanctionKind.SUSPEND, SanctionKind.BAN)),
        Sanction.lifted_at.is_(None),
        or_(Sanction.until.is_(None), Sanction.until > bindparam("moment", type_=Utc)),
    )
    .order_by(Sanction.until.is_not(None), Sanction.until.desc(), Sanction.id)
    .limit(1)
)


def draft(token_hash: str, article_id: int, *, since: datetime) -> Select[Draft]:
    return select(Draft).where(
        Draft.token_hash == token_hash,
        Draft.article_id == article_id,
        Draft.created_at >= since,
    )


def one(comment_id: int, site_id: int) -> Select[Comment]:
    """A comment of this site, with article and words."""
    return _with_words(site_id).where(Comment.id == comment_id)


def mine(author_id: int, site_id: int, *, before: int | None, limit: int) -> Select[Comment]:
    """Somebody's comments on this site, newest first, with article and words."""
    found = _with_words(site_id).where(Comment.author_id == author_id)
    if before is not None:
        found = found.where(Comment.id < before)
    return found.order_by(Comment.id.desc()).limit(limit)


def _with_words(site_id: int) -> Select[Comment]:
    return (
        select(Comment)
        .join(Comment.article)
        .where(Article.site_id == site_id)
        .options(contains_eager(Comment.article), joinedload(Comment.revision))
    )


def statements(comment_ids: Collection[int]) -> Select[Statement]:
    """Why comments were restricted, oldest first, also what no longer holds."""
    return (
        select(Statement)
        .where(Statement.comment_id.in_(comment_ids))
        .options(
            joinedload(Statement.clause).joinedload(Clause.version),
            joinedload(Statement.decision),
        )
        .order_by(Statement.decision_id)
    )


def asked_under(comment_ids: Collection[int]) -> Select[int, str]:
    """(comment, clause) of those for which a machine asked for a first look when they arrived."""
    return (
        select(Decision.comment_id, Clause.title)
        .join(Clause, Clause.id == Decision.clause_id)
        .where(
            Decision.comment_id.in_(comment_ids),
            Decision.role == DecisionRole.EFFECTIVE,
            Decision.status_before == Status.NEW,
            Decision.checker.is_not(None),
        )
    )


def standing(comment_ids: Collection[int]) -> Select[Decision]:
    """The decisions on comments that no undo has taken back, oldest first."""
    return cases.not_undone().where(Decision.comment_id.in_(comment_ids)).order_by(Decision.id)


def own_appeals(decision_ids: Collection[int]) -> Select[Appeal]:
    """The authors' appeals, not the reporters', oldest first."""
    return (
        select(Appeal)
        .where(Appeal.decision_id.in_(decision_ids), Appeal.report_id.is_(None))
        .order_by(Appeal.id)
    )
