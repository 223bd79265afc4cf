"""What is found out after a comment has arrived: by a check that failed then, or answers later.

Never commits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, select

from moderation.articles.models import Article
from moderation.cases import machines
from moderation.cases import service as cases
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Status
from moderation.database import db
from moderation.people.models import Person
from moderation.policy.models import Clause
from moderation.screening import facts, kit, screen, service
from moderation.screening.health import service as health
from moderation.screening.links import service as links
from moderation.screening.links.models import LinkDomain
from moderation.screening.phases.links import domains_in
from moderation.screening.repeats import service as repeats
from moderation.screening.subject import Alike, ArticleFacts, AuthorFacts, Subject
from moderation.screening.verdict import PhaseMode, Span, Verdict, Would
from moderation.sites.models import Site

# what may still be reported; the rest a person has seen, or its author has taken back
OPEN = frozenset({Status.PENDING, Status.PUBLISHED})


def check_again(revision_id: int, phase: str, *, site: Site) -> bool:
    """Let one phase look at a revision that it could not check; whether nothing is missing now.

    What is not said any more, or was said otherwise since, is not missed. Nothing is asked of the
    publisher here: that phase has its own way of asking again.
    """
    chosen = service.settings(site)
    if chosen.mode(phase) is PhaseMode.OFF:
        return False
    revision = db.session.get_one(Revision, revision_id)
    site, article, comment = cases.lock(revision.comment_id)
    if is_gone(revision, comment):
        forget_unchecked(revision_id, phase)
        return True
    subject = subject_of(revision, comment, article, site=site)
    tools = kit.of(site)
    if phase == "rule":
        found = screen.rules(subject, tools, chosen, said(revision_id))
    else:
        found = screen.one(phase, subject, tools, chosen)
    is_complete = all(verdict.is_checked for verdict in found)
    if is_complete or any(verdict.is_checked for verdict in found):
        now_checked(comment, revision_id, found, phase=phase, site=site)
    return is_complete


def is_gone(revision: Revision, comment: Comment) -> bool:
    """Whether nobody reads these words any more."""
    return revision.blanked_at is not None or comment.revision_id != revision.id


def subject_of(revision: Revision, comment: Comment, article: Article, *, site: Site) -> Subject:
    """A written comment with what was known when it was screened, or is now if it was not."""
    screened = db.session.get(Screened, revision.id)
    kept: Mapping[str, Any] = screened.facts if screened else {}
    then = ArticleFacts(**_known(ArticleFacts, kept.get("article") or {}))
    now = facts.article_facts(article, now=comment.created_at)
    return Subject(
        text=revision.body,
        author=_author(comment, kept.get("author")),
        article=now if not kept.get("article") else _with_terms(then, now.contempt_terms),
        is_reply=comment.parent_id is not None,
        alike=_alike_before(comment, site),
        known_domains=_known_before(revision.body, comment, site),
        language=service.settings(site).language,
    )


def said(revision_id: int) -> list[Verdict]:
    """What every phase but the rules has said about a revision."""
    found = select(StoredVerdict).where(
        StoredVerdict.revision_id == revision_id, StoredVerdict.phase != "rule"
    )
    return [_verdict(row) for row in db.session.scalars(found.order_by(StoredVerdict.id))]


def now_checked(
    comment: Comment, revision_id: int, verdicts: Sequence[Verdict], *, phase: str, site: Site
) -> None:
    """Verdicts that came after the comment had arrived; they may still hold it.

    comment: locked.
    """
    known = _checked_by(revision_id, phase)
    fresh = [verdict for verdict in verdicts if verdict.checker not in known]
    forget_unchecked(revision_id, phase)
    db.session.add_all(service.stored(verdict, comment, site=site) for verdict in fresh)
    db.session.flush()
    if any(verdict.reports for verdict in fresh):
        _flag(revision_id)
    clauses = kit.of(site).clauses
    for verdict in fresh:
        clause_id = clauses[verdict.clause] if verdict.clause else None
        if clause_id is not None and comment.status in OPEN:
            service.follow(comment, verdict, clause_id, site=site)
            _hold(comment, verdict, clause_id)
    health.recovered(site, phase)


def forget_unchecked(revision_id: int, phase: str) -> None:
    """The phase has looked by now, or there is nothing to look at."""
    db.session.execute(
        delete(StoredVerdict).where(
            StoredVerdict.revision_id == revision_id,
            StoredVerdict.phase == phase,
            StoredVerdict.is_checked.is_(False),
        )
    )


def _hold(comment: Comment, verdict: Verdict, clause_id: int) -> None:
    if verdict.holds:
        machines.hold(
            comment,
            checker=verdict.checker,
            version=verdict.version,
            clause=db.session.get_one(Clause, clause_id),
        )


def _checked_by(revision_id: int, phase: str) -> Collection[str]:
    """The phase's checkers that have looked at it: of several rules only one may have failed."""
    return set(
        db.session.scalars(
            select(StoredVerdict.checker).where(
                StoredVerdict.revision_id == revision_id,
                StoredVerdict.phase == phase,
                StoredVerdict.is_checked.is_(True),
            )
        )
    )


def _flag(revision_id: int) -> None:
    screened = db.session.get(Screened, revision_id)
    if screened is not None:
        screened.is_flagged = True


def _author(comment: Comment, kept: Mapping[str, Any] | None) -> AuthorFacts:
    if kept:
        return AuthorFacts(**_known(AuthorFacts, {"age_days": 0.0, **kept}))
    author = db.session.get_one(Person, comment.author_id)
    return facts.author_facts(author, now=comment.created_at)


def _known(kind: type[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What an older program has kept and this one does not know is passed over."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in kept.items() if name in names}


def _with_terms(then: ArticleFacts, terms: Sequence[str]) -> ArticleFacts:
    """The terms of a court case are not kept with each comment: those of now count."""
    return ArticleFacts(then.slug, then.mode, then.age_days, then.comments, terms)


def _alike_before(comment: Comment, site: Site) -> list[Alike]:
    """Whoever says the same later repeats this comment, and not the other way round."""
    found = repeats.alike_to(comment, site.id, now=comment.created_at)
    return [one for one in found if one.comment_id < comment.id]


def _known_before(body: str, comment: Comment, site: Site) -> frozenset[str]:
    """What the comment itself was the first to link to was not known then."""
    own = select(LinkDomain.name).where(
        LinkDomain.site_id == site.id, LinkDomain.comment_id == comment.id
    )
    return links.known(site.id, domains_in(body)).difference(db.session.scalars(own))


def _verdict(row: StoredVerdict) -> Verdict:
    return Verdict(
        phase=row.phase,
        checker=row.checker,
        mode=PhaseMode(row.mode),
        score=row.score,
        would=Would(row.would),
        clause=row.clause_code,
        report_at=row.report_at,
        hold_at=row.hold_at,
        spans=tuple(Span(*pair) for pair in row.spans),
        why=tuple(row.why),
        version=row.version,
        is_checked=row.is_checked,
    )
