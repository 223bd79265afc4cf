"""Rules, what became of what they said, and the comments of a period with what was known then."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from moderation.articles.models import Article
from moderation.cases import queries as cases
from moderation.cases.decisions import Decision, DecisionRole
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action
from moderation.people.models import Person
from moderation.screening.rulebook.models import DryRun, DryRunState, Rule
from moderation.screening.rulebook.ruleset import PHASE

# what a person thinks of the words themselves
JUDGED = (Action.APPROVE, Action.RESTORE, Action.HIDE)
REMEMBERED = 200  # of what a version said, for its precision

Found = Row[*tuple[Any, ...]]


def in_force(site_id: int) -> Select[Rule]:
    """One version of every rule that is not retired, by name."""
    return (
        select(Rule).where(Rule.site_id == site_id, Rule.replaced_at.is_(None)).order_by(Rule.name)
    )


def versions(site_id: int, name: str) -> Select[Rule, str | None]:
    """(version, who made it), newest first."""
    return (
        select(Rule, Person.name)
        .outerjoin(Person, Person.id == Rule.made_by_id)
        .where(Rule.site_id == site_id, Rule.name == name)
        .order_by(Rule.version.desc())
    )


def newest(site_id: int, name: str) -> Select[Rule]:
    """The newest version, in force or retired."""
    return (
        select(Rule)
        .where(Rule.site_id == site_id, Rule.name == name)
        .order_by(Rule.version.desc())
        .limit(1)
    )


def runs(site_id: int, name: str) -> Select[DryRun]:
    return (
        select(DryRun)
        .where(DryRun.site_id == site_id, DryRun.name == name)
        .order_by(DryRun.id.desc())
        .limit(10)
    )


def unfinished(*, lost_before: datetime) -> Select[int]:
    """Dry runs to take up: waiting, or with a worker that has not been heard of since."""
    return (
        select(DryRun.id)
        .where(
            or_(
                DryRun.state == DryRunState.WAITING,
                and_(DryRun.state == DryRunState.RUNNING, DryRun.touched_at < lost_before),
            )
        )
        .order_by(DryRun.id)
        .limit(1)
    )


def judgement(comment_id: InstrumentedAttribute[int], revision_id: Any) -> ScalarSelect[Action]:
    """What a person decided last about these words, and still holds."""
    return (
        cases.not_undone()
        .with_only_columns(Decision.action)
        .where(
            Decision.comment_id == comment_id,
            Decision.revision_id == revision_id,
            Decision.decided_by_id.is_not(None),
            Decision.action.in_(JUDGED),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def records(site_id: int, rules: Collection[tuple[str, str]]) -> CompoundSelect[*tuple[Any, ...]]:
    """(checker, version, what people decided or None, how often) of each rule's version.

    rules: (checker, version) of at least one. Reads at most REMEMBERED a version.
    """
    return union_all(*(_record(site_id, *rule) for rule in sorted(rules)))


def _record(site_id: int, checker: str, version: str) -> Select[*tuple[Any, ...]]:
    said = aliased(Decision)
    newest_said = (
        select(judgement(said.comment_id, said.revision_id).label("judged"))
        .where(
            said.site_id == site_id,
            said.checker == checker,
            said.checker_version == version,
            said.role == DecisionRole.SHADOW,
        )
        .order_by(said.id.desc())
        .limit(REMEMBERED)
        .subquery()
    )
    judged = newest_said.c.judged
    return select(
        literal(checker).label("checker"),
        literal(version).label("version"),
        judged,
        func.count(),
    ).group_by(judged)


def count(site_id: int, *, first: int, last: int) -> Select[int]:
    """How many comments there are from id `first` up to `last`, not included."""
    return (
        select(func.count())
        .select_from(Comment)
        .join(Comment.article)
        .where(Article.site_id == site_id, Comment.id >= first, Comment.id < last)
    )


def comments(site_id: int, *, first: int, last: int, limit: int) -> Select[*tuple[Any, ...]]:
    """Comments with their newest words, in order, and what was known when they were screened.

    comments_before is counted for those only that were never screened.
    """
    earlier = aliased(Comment)
    before = (
        select(func.count())
        .where(earlier.author_id == Comment.author_id, earlier.id < Comment.id)
        .correlate(Comment)
        .scalar_subquery()
    )
    return (
        select(
            Comment.id,
            Comment.parent_id,
            Comment.status,
            Comment.created_at,
            Revision.id.label("revision_id"),
            Revision.body,
            Revision.blanked_at,
            Screened.facts,
            Article.slug,
            Article.created_at.label("article_created_at"),
            Person.created_at.label("author_created_at"),
            case((Screened.revision_id.is_(None), before), else_=0).label("comments_before"),
            judgement(Comment.id, Comment.revision_id).label("judged"),
        )
        .join(Comment.article)
        .join(Revision, Revision.id == Comment.revision_id)
        .join(Person, Person.id == Comment.author_id)
        .outerjoin(Screened, Screened.revision_id == Revision.id)
        .where(Article.site_id == site_id, Comment.id >= first, Comment.id < last)
        .order_by(Comment.id)
        .limit(limit)
    )


def said(revision_ids: Collection[int]) -> Select[int, str, str, str | None, float, str]:
    """(revision, phase, checker, clause, score, would) of what the other phases could check."""
    return select(
        StoredVerdict.revision_id,
        StoredVerdict.phase,
        StoredVerdict.checker,
        StoredVerdict.clause_code,
        StoredVerdict.score,
        StoredVerdict.would,
    ).where(
        StoredVerdict.revision_id.in_(revision_ids),
        StoredVerdict.phase != PHASE,
        StoredVerdict.is_checked.is_(True),
    )


def shown(site_id: int, comment_ids: Collection[int]) -> Select[int, str, datetime | None, str]:
    """(comment, words, when blanked, article) of a dry run's examples."""
    return (
        select(Comment.id, Revision.body, Revision.blanked_at, Article.title)
        .join(Comment.article)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Article.site_id == site_id, Comment.id.in_(comment_ids))
    )
