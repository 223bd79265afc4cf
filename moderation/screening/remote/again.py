"""Ask again about what the checker has not looked at. Commits each comment."""

import enum
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from moderation import clock, ids
from moderation.articles.models import Article
from moderation.cases import service as cases
from moderation.cases.verdicts import StoredVerdict
from moderation.comments.models import Comment, Revision
from moderation.database import db, only_reading, saved
from moderation.screening import again
from moderation.screening.health import service as health
from moderation.screening.remote import asking, queries, service
from moderation.screening.remote.asking import Asking, Told
from moderation.screening.remote.contract import CHECKER, Question
from moderation.screening.remote.models import RemoteAsk
from moderation.screening.remote.service import FIRST_PAUSE, MOST_TRIES, OVERDUE, PHASE
from moderation.screening.subject import ArticleFacts, AuthorFacts
from moderation.screening.verdict import LATER
from moderation.sites.models import Site

PATIENCE = 10.0  # seconds, where nobody waits for it
LEASE = timedelta(minutes=2)  # after which a worker that took a question is taken for dead
KEPT = timedelta(days=7)
BROKEN_PROMISE = "The publisher’s own checker said that it would answer later, and has not."


class Outcome(enum.Enum):
    DONE = "done"  # nothing is missing now
    LATER = "later"
    FAILED = "failed"


def ask_due(keep_on: Callable[[], bool]) -> None:
    """For the worker: every question whose time has come, of every site.

    A checker that goes on failing is given longer and longer rests.
    """
    with only_reading():
        site_ids = list(db.session.scalars(queries.asked_sites()))
        db.session.rollback()
    breaker = asking.breaker()
    for site_id in site_ids:
        what = ("again", site_id)
        while keep_on() and _is_due(site_id) and breaker.may_ask(what, clock.now()):
            if _ask_next(site_id) is Outcome.FAILED:
                breaker.failed(what, clock.now())
            else:
                breaker.went_well(what)


def ask_again(revision_id: int, *, site_id: int, within: float) -> Outcome:
    """Ask about a written comment, and take what is said. within: seconds."""
    prepared = _prepared(revision_id, site_id, within)
    told = asking.ask_now(prepared) if prepared is not None else None
    outcome = _store(revision_id, site_id, told)
    db.session.commit()
    return outcome


def clear_old() -> None:
    """What was asked long ago and is answered, or will not be. For the worker."""
    db.session.execute(
        delete(RemoteAsk)
        .where(RemoteAsk.id < ids.first_at(clock.now() - KEPT), RemoteAsk.again_at.is_(None))
        .execution_options(synchronize_session=False)
    )


def _is_due(site_id: int) -> bool:
    with only_reading():
        site = db.session.get_one(Site, site_id)
        found = db.session.scalar(queries.due(site_id, clock.now()))
        is_due = found is not None and service.checker_of(site) is not None
        db.session.rollback()
    return is_due


def _ask_next(site_id: int) -> Outcome:
    """DONE, too, if another worker took it."""
    now = clock.now()
    ask_id = db.session.scalar(queries.due(site_id, now))
    revision_id = None
    if ask_id is not None:
        revision_id = db.session.scalar(queries.claim(ask_id, now, now + LEASE))
    if revision_id is not None:
        _missed(revision_id, site_id)
    db.session.commit()
    if revision_id is None:
        return Outcome.DONE
    return ask_again(revision_id, site_id=site_id, within=PATIENCE)


def _missed(revision_id: int, site_id: int) -> None:
    """An answer that was promised, and is overdue, is a failure from now on."""
    broken = db.session.execute(
        update(StoredVerdict)
        .where(
            StoredVerdict.revision_id == revision_id,
            StoredVerdict.checker == LATER,
            StoredVerdict.is_checked.is_(False),
        )
        .values(checker=CHECKER, why=[BROKEN_PROMISE])
        .returning(StoredVerdict.id)
        .execution_options(synchronize_session=False)
    )
    if broken.all():
        site = db.session.get_one(Site, site_id)
        health.note(site, revision_id, well=(), failed={PHASE})


def _prepared(revision_id: int, site_id: int, within: float) -> Asking | None:
    """The question as it is now; None if there is nothing to ask, or nobody."""
    with only_reading():
        site = db.session.get_one(Site, site_id)
        revision = db.session.get_one(Revision, revision_id)
        comment = db.session.get_one(Comment, revision.comment_id)
        checker = service.checker_of(site)
        prepared = None
        if checker is not None and not again.is_gone(revision, comment):
            asked = db.session.scalar(queries.about(revision_id))
            prepared = service.asking(
                checker,
                _question(revision, comment, site),
                site=site,
                token=asked.token if asked else service.new_token(),
                within=within,
            )
        db.session.rollback()
    return prepared


def _question(revision: Revision, comment: Comment, site: Site) -> Question:
    article = db.session.get_one(Article, comment.article_id)
    subject = again.subject_of(revision, comment, article, site=site)
    return Question(
        text=subject.text,
        language=subject.language,
        is_reply=subject.is_reply,
        author_id=comment.author_id,
        author=subject.author or AuthorFacts(age_days=0.0),
        article=subject.article or ArticleFacts(),
        article_url=service.address_of(article, site),
        comment_id=comment.id,
    )


def _store(revision_id: int, site_id: int, told: Told | None) -> Outcome:
    """Perhaps the checker has answered by itself meanwhile, or the words are gone."""
    revision = db.session.get_one(Revision, revision_id)
    site, _article, comment = cases.lock(revision.comment_id)
    now = clock.now()
    asked = db.session.scalar(queries.about(revision_id))
    if again.is_gone(revision, comment):
        again.forget_unchecked(revision_id, PHASE)
        if asked is not None:
            asked.again_at = None
        return Outcome.DONE
    if told is None:  # switched off meanwhile
        return Outcome.FAILED
    if asked is None:
        asked = _row(told, comment, site)
    if asked.answered_at is not None:
        return Outcome.DONE
    if told.findings is not None:
        service.take(asked, comment, told.findings, site=site, now=now)
        return Outcome.DONE
    _later(asked, told, now)
    return Outcome.LATER if told.is_later else Outcome.FAILED


def _row(told: Told, comment: Comment, site: Site) -> RemoteAsk:
    return saved(
        RemoteAsk(
            token=told.token,
            site_id=site.id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
        )
    )


def _later(asked: RemoteAsk, told: Told, now: datetime) -> None:
    """When it is asked next: each time after twice the pause, and in the end not any more."""
    asked.tries += 1
    pause = OVERDUE if told.is_later else FIRST_PAUSE * (1 << min(asked.tries, MOST_TRIES) - 1)
    asked.again_at = now + pause if asked.tries < MOST_TRIES else None
