"""Where a site's checker is, its secret, what follows when it fails. Never commits."""

from dataclasses import replace

from flask import current_app

from moderation import clock, events, outgoing, signatures
from moderation.database import db, saved
from moderation.errors import Missing
from moderation.events.kinds import RemoteCheckerChanged
from moderation.people.models import Person
from moderation.screening import choices
from moderation.screening import service as screening
from moderation.screening.remote import secret
from moderation.screening.remote.models import RemoteChecker
from moderation.screening.remote.service import PHASE
from moderation.sites.models import Site

NOTHING_TO_SEE = (
    "A secret is shown once, to whoever made it. If it is lost, make a new one: the old one is "
    "good for another day."
)


def set_address(site: Site, url: str, limit_ms: int, *, by: Person) -> RemoteChecker:
    """Ask there from now on; "" asks nobody. Raises Refused for what we would not ask."""
    if url:
        outgoing.check_url(url, private=current_app.config["OUTGOING_PRIVATE"])
    checker = _row(site, by=by)
    if (checker.url, checker.limit_ms) != (url, limit_ms):
        checker.url, checker.limit_ms = url, limit_ms
        _tell(site, "address", by)
    return checker


def new_secret(site: Site, *, by: Person) -> None:
    """Made now, to be seen once by `by`; the one before is good for another day."""
    checker = _row(site, by=by)
    if checker.unseen_by_id is None:  # nobody can use what nobody has seen
        secret.change(checker, clock.now())
    checker.unseen_by_id = by.id
    _tell(site, "secret", by)


def see_secret(site: Site, *, by: Person) -> str:
    """The secret in words, once. Missing if it was seen, or somebody else made it."""
    checker = db.session.get(RemoteChecker, site.id)
    if checker is None or checker.unseen_by_id != by.id:
        raise Missing(NOTHING_TO_SEE)
    checker.unseen_by_id = None
    return signatures.in_words(secret.key(current_app.config["SECRET_KEY"], checker))


def set_closed(site: Site, *, is_closed: bool, by: Person) -> None:
    """Whether a new comment waits for a moderator when the checker has not looked at it."""
    choices.lock(site)
    chosen = screening.settings(site)
    closed = chosen.closed | {PHASE} if is_closed else chosen.closed - {PHASE}
    choices.choose(site, replace(chosen, closed=closed), by=by)


def _row(site: Site, *, by: Person) -> RemoteChecker:
    """The site's, locked; with a secret that `by` has not seen yet if it is new."""
    choices.lock(site)
    checker = db.session.get(RemoteChecker, site.id, populate_existing=True)
    if checker is None:
        checker = saved(RemoteChecker(site_id=site.id, salt=secret.new_salt(), unseen_by_id=by.id))
    return checker


def _tell(site: Site, change: str, by: Person) -> None:
    db.session.flush()
    events.record(RemoteCheckerChanged(change=change, person_id=by.id), site_id=site.id)
