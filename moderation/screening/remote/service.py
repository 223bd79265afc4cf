"""Ask the publisher's checker about a comment, keep what it said, take in what it says later.

Never commits.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app

from moderation import clock
from moderation.articles.models import Article
from moderation.cases import service as cases
from moderation.comments.models import Comment, Revision
from moderation.database import db
from moderation.errors import Conflict, Missing
from moderation.people.models import Person
from moderation.screening import again, facts, kit, screen
from moderation.screening import service as screening
from moderation.screening.health import service as health
from moderation.screening.remote import contract, queries, secret
from moderation.screening.remote.asking import Asking, Told
from moderation.screening.remote.contract import CHECKER, Question
from moderation.screening.remote.models import RemoteAsk, RemoteChecker
from moderation.screening.verdict import LATER, Finding, PhaseMode, Verdict
from moderation.sites.models import Site

PHASE = "remote"
TAKEN = timedelta(hours=24)  # how long a later answer is taken
OVERDUE = timedelta(minutes=10)  # after which one that was promised is missed
FIRST_PAUSE = timedelta(seconds=30)
MOST_TRIES = 8  # over an hour; after that only by hand

NOT_LOOKED = "The publisher’s own checker did not look at it. {}"
COMES_LATER = "The publisher’s own checker answers later."
NOT_OURS = "The publisher’s own checker names the clause “{}”, which the policy does not have."


def checker_of(site: Site) -> RemoteChecker | None:
    """The site's checker if it is to be asked at all."""
    if screening.settings(site).mode(PHASE) is PhaseMode.OFF:
        return None
    checker = db.session.get(RemoteChecker, site.id)
    return checker if checker is not None and checker.url else None


def about_new(
    article: Article, *, author: Person, body: str, is_reply: bool, from_network: int
) -> Asking | None:
    """The question about a comment that is not written yet; None if nobody is to be asked."""
    site = db.session.get_one(Site, article.site_id)
    checker = checker_of(site)
    if checker is None:
        return None
    now = clock.now()
    question = Question(
        text=body,
        language=screening.settings(site).language,
        is_reply=is_reply,
        author_id=author.id,
        author=facts.author_facts(author, now=now, from_network=from_network),
        article=facts.article_facts(article, now=now),
        article_url=address_of(article, site),
    )
    return asking(checker, question, site=site, token=new_token())


def asking(
    checker: RemoteChecker, question: Question, *, site: Site, token: str, within: float = 0
) -> Asking:
    """within: seconds, if it may take longer than readers wait."""
    return Asking(
        token=token,
        url=checker.url,
        body=question.body(token, f"{site.url}/screening/answers/{token}"),
        keys=secret.keys(current_app.config["SECRET_KEY"], checker, clock.now()),
        within=within or checker.limit_ms / 1000,
        length=len(question.text),
        is_private_fine=current_app.config["OUTGOING_PRIVATE"],
    )


def address_of(article: Article, site: Site) -> str:
    return article.url or f"{site.url}/articles/{article.slug}"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def verdicts(told: Told, *, site: Site) -> list[Verdict]:
    """What came of a question, against the site's thresholds."""
    chosen = screening.settings(site)
    mode = chosen.mode(PHASE)
    if told.is_later:
        later = screen.unchecked(PHASE, mode, COMES_LATER)
        return [replace(later, checker=LATER)]
    if told.findings is None:
        return [screen.unchecked(PHASE, mode, NOT_LOOKED.format(told.failure))]
    tools = kit.of(site)
    findings = in_force(told.findings, tools.clauses)
    return [screen.judged(PHASE, mode, finding, tools, chosen) for finding in findings]


def in_force(findings: Sequence[Finding], known: Collection[str]) -> list[Finding]:
    """A clause that the policy does not have makes a signal that says so."""
    return [
        finding
        if finding.clause is None or finding.clause in known
        else replace(
            finding,
            checker=CHECKER,
            clause=None,
            why=(NOT_OURS.format(finding.clause), *finding.why),
        )
        for finding in findings
    ]


def keep(comment: Comment, told: Told, *, site: Site) -> None:
    """The comment is written: what was asked about it is kept with it, to be answered later."""
    now = clock.now()
    is_answered = told.findings is not None
    db.session.add(
        RemoteAsk(
            token=told.token,
            site_id=site.id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            tries=1,
            asked_at=now,
            answered_at=now if is_answered else None,
            again_at=None if is_answered else now + (OVERDUE if told.is_later else FIRST_PAUSE),
        )
    )
    if is_answered:
        health.note(site, comment.revision_id or 0, well={PHASE}, failed=())


def answer(site: Site, token: str, body: bytes) -> None:
    """A later answer, its signature checked. It counts once.

    Raises Missing for what was never asked, or too long ago; Conflict if it is answered or the
    check is off; Refused for what cannot be understood.
    """
    asked = db.session.scalar(queries.by_token(token, site.id))
    now = clock.now()
    if asked is None or now - asked.asked_at > TAKEN:
        raise Missing(
            "Nothing with this id waits for an answer: its comment was not stored, or it "
            "was asked more than 24 hours ago."
        )
    revision = db.session.get_one(Revision, asked.revision_id)
    findings = contract.read(body, length=len(revision.body))
    _site, _article, comment = cases.lock(asked.comment_id)
    db.session.refresh(asked)
    if asked.answered_at is not None:
        raise Conflict("This is answered already, and an answer counts once.")
    if screening.settings(site).mode(PHASE) is PhaseMode.OFF:
        raise Conflict("This publication has switched its own checker off.")
    take(asked, comment, findings, site=site, now=now)


def take(
    asked: RemoteAsk, comment: Comment, findings: Sequence[Finding], *, site: Site, now: datetime
) -> None:
    """The checker has looked; what it says may hold the comment. comment: locked."""
    asked.answered_at, asked.again_at = now, None
    told = Told(asked.token, findings)
    revision = db.session.get_one(Revision, asked.revision_id)
    if again.is_gone(revision, comment):
        again.forget_unchecked(asked.revision_id, PHASE)
        health.recovered(site, PHASE)
        return
    again.now_checked(comment, asked.revision_id, verdicts(told, site=site), phase=PHASE, site=site)
