"""Hand in a comment; keep one that was written before signing in. Never commits."""

import secrets
from contextlib import nullcontext
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from moderation import clock
from moderation.articles.models import Article, Mode
from moderation.cases import decide
from moderation.comments import markup
from moderation.comments import service as comments
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.errors import Conflict, Missing, NotAllowed, Refused
from moderation.intake import checks, queries
from moderation.intake.models import Draft
from moderation.people import service as people
from moderation.people.models import Person
from moderation.screening import service as screening
from moderation.screening.heat import service as heat
from moderation.screening.remote import service as remote
from moderation.screening.remote.asking import Asking, Told
from moderation.screening.service import Looked
from moderation.sites.models import Site

DRAFTS_KEPT = timedelta(days=1)
LARGEST_ID = 2**63 - 1

# what arrives under an article in this mode
ARRIVALS = {Mode.OPEN: Action.APPROVE, Mode.PREMODERATED: Action.HOLD}
CLOSED = "This discussion is closed: no more comments are taken here."
HIDDEN = "There is no discussion of this article."


class AlreadySent(Conflict):
    """The form was sent before, with other words."""

    def __init__(self) -> None:
        super().__init__(
            "You have sent this form before, with other words, and that comment stands. "
            "Send it again to post these words as a comment of their own."
        )


class Nudged(Refused):
    """Nothing is stored yet: the words probably break a clause, and their author is asked.

    is_held: whether a moderator reads them first if they are meant.
    """

    def __init__(self, looked: Looked, *, is_held: bool) -> None:
        super().__init__("Please look at this before you post it.")
        self.looked, self.is_held = looked, is_held


def hand_in(
    article: Article,
    *,
    author: Person,
    body: str,
    parent_id: int | None = None,
    submission: str | None = None,
    nudge: bool = False,
    told: Told | None = None,
    looked: Looked | None = None,
) -> Comment:
    """A comment under `article`, published, or held by the article's mode or a live verdict.

    submission: drawn by the form; the same one again is answered with the first comment.
    nudge: the author can still be asked whether they mean it. told: what the publisher's own
    checker said. looked: what `look` has made of it, before anybody had to wait.
    Raises Refused for a closed thread or bad words, Missing if the parent is gone, NotAllowed if
    the author may not write, Throttled in slow mode, AlreadySent, Nudged.
    """
    article = comments.lock_thread(article.id)
    body, submission = checks.checked_body(body), checks.checked_submission(submission)
    if submission and (first := _first(author, submission, body, parent_id)):
        return first
    _check(article, author)
    parent = to_answer(article, parent_id) if parent_id is not None else None
    site = db.session.get_one(Site, article.site_id)
    looked = looked or look(
        article, author=author, body=body, is_reply=parent is not None, told=told
    )
    action = ARRIVALS[article.mode_at(clock.now())]
    if nudge and looked.nudges and screening.settings(site).nudge:
        raise Nudged(looked, is_held=action is Action.HOLD or looked.asked is not None)
    comment, is_new = _write_once(article, author, body, parent, submission)
    if is_new:
        _arrive(comment, action, looked, site=site, was_nudged=bool(looked.nudges) and not nudge)
        if told:
            remote.keep(comment, told, site=site)
        heat.measure(article, site, clock.now())
    return comment


def look(
    article: Article,
    *,
    author: Person,
    body: str,
    is_reply: bool = False,
    from_network: int = 0,
    told: Told | None = None,
) -> Looked:
    """What screening makes of it; reads only. Raises Refused if the thread is closed anyway.

    from_network: comments of the last ten minutes from where this one comes from.
    """
    check_open(article)
    site, body = db.session.get_one(Site, article.site_id), checks.checked_body(body)
    markup.render(body)  # which is kept until it is written, when others may have to wait
    return screening.look(
        site,
        article,
        author=author,
        body=body,
        is_reply=is_reply,
        from_network=from_network,
        from_publisher=remote.verdicts(told, site=site) if told else (),
    )


def _write_once(
    article: Article, author: Person, body: str, parent: Comment | None, submission: str | None
) -> tuple[Comment, bool]:
    """The comment, and whether it is new; else it was sent twice at the same moment, the other
    time under another article. SQLite has one writer at a time, so it was seen before.
    """
    is_alone = db.session.connection().dialect.name == "sqlite"
    try:
        with nullcontext() if is_alone else db.session.begin_nested():
            comment = comments.write(
                article, author=author, body=body, parent=parent, submission=submission
            )
    except IntegrityError:
        parent_id = parent.id if parent else None
        if submission and (first := _first(author, submission, body, parent_id)):
            return first, False
        raise
    return comment, True


def _arrive(
    comment: Comment, action: Action, looked: Looked, *, site: Site, was_nudged: bool
) -> None:
    """action: what the article's mode makes of it; a live verdict may ask for a first look."""
    if looked.asked and action is Action.APPROVE:
        decide.arrival(comment, Action.HOLD, site=site, asked=looked.asked)
    else:
        decide.arrival(comment, action, site=site)
    screening.keep(comment, looked, site=site, was_nudged=was_nudged)


def _check(article: Article, author: Person) -> None:
    """Whether `author` may write under `article` right now."""
    check_author(author)
    check_open(article)
    heat.check_pace(article, author, clock.now())


def question(
    article: Article, *, author: Person, body: str, is_reply: bool, from_network: int
) -> Asking | None:
    """What the publisher's own checker is to be asked before the comment is handed in, if at all.

    Raises as `hand_in` does for what could not be taken anyway.
    """
    if remote.checker_of(db.session.get_one(Site, article.site_id)) is None:
        return None
    body = checks.checked_body(body)
    check_author(author)
    check_open(article)
    return remote.about_new(
        article, author=author, body=body, is_reply=is_reply, from_network=from_network
    )


def check_open(article: Article) -> None:
    """Raises Refused, in the article's own words, if no comments are taken now."""
    mode = article.mode_at(clock.now())
    if mode not in ARRIVALS:
        raise Refused(article.mode_sentence or (CLOSED if mode is Mode.CLOSED else HIDDEN))


def check_author(author: Person) -> None:
    """Raises NotAllowed if `author` is not confirmed, suspended or banned."""
    people.must_be_confirmed(author)
    given = {"person_id": author.id, "moment": clock.now()}
    barred = db.session.connection().execute(queries.BARRED_UNTIL, given).first()
    if barred is not None:
        raise NotAllowed(_barred(barred.until))


def to_answer(article: Article, comment_id: int) -> Comment:
    """The published comment of this article that somebody answers, or Missing."""
    found = None
    if 0 < comment_id <= LARGEST_ID:
        found = db.session.scalar(queries.to_answer(article.id, comment_id))
    if found is None or found.status is not Status.PUBLISHED:
        raise Missing(
            "The comment you answer is not there any more. Send yours again and it will stand "
            "on its own."
        )
    return found


def keep(article: Article, *, body: str, parent_id: int | None) -> str:
    """Keep what somebody wrote until they have signed in; the token for the link.

    Raises Refused for a closed thread or bad words, Missing if the parent is gone.
    """
    check_open(article)
    token = secrets.token_urlsafe(24)
    saved(
        Draft(
            token_hash=_hashed(token),
            article_id=article.id,
            parent_id=to_answer(article, parent_id).id if parent_id is not None else None,
            body=checks.checked_body(body),
        )
    )
    return token


def kept(article: Article, token: str) -> Draft | None:
    """What was kept under this token for this article, for a day."""
    since = clock.now() - DRAFTS_KEPT
    return db.session.scalar(queries.draft(_hashed(token), article.id, since=since))


def clear_old_drafts() -> None:
    """Throw away what nobody came back for. For the worker."""
    db.session.execute(delete(Draft).where(Draft.created_at < clock.now() - DRAFTS_KEPT))


def submission_of(draft: Draft) -> str:
    """A kept comment is one comment, in however many windows it is opened."""
    return f"draft-{draft.token_hash[:40]}"


def new_submission() -> str:
    return secrets.token_urlsafe(18)


def _first(author: Person, submission: str, body: str, parent_id: int | None) -> Comment | None:
    """The comment this form has become already, if any; AlreadySent if it says something else."""
    given = {"author": author.id, "submission": submission}
    first_id = db.session.connection().execute(queries.FIRST_SENT, given).scalar()
    if first_id is None:
        return None
    first = db.session.get_one(Comment, first_id, options=[joinedload(Comment.revision)])
    if (first.revision.body, first.parent_id) != (body, parent_id):
        raise AlreadySent
    return first


def _barred(until: datetime | None) -> str:
    if until is None:
        return "Your account may no longer write comments here."
    return f"Your account may not write comments until {until:%-d %B %Y, %H:%M} UTC."


def _hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
