"""Take a report or a notice, acknowledge it, and tell its sender how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from moderation import clock, outbox
from moderation.articles.models import Article, Mode
from moderation.cases import deadlines, reporting
from moderation.cases.decisions import Appeal
from moderation.cases.models import Outcome, Report
from moderation.cases.reporting import Notice
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.errors import Throttled
from moderation.people import throttle
from moderation.people.models import Person
from moderation.policy.models import Clause
from moderation.reports import queries
from moderation.screening.heat import service as heat
from moderation.sites.models import Site

REPORTS_BY_ACCOUNT = "30/hour"
NOTICES_BY_ACCOUNT = "30/hour"
NOTICES_BY_NETWORK = "10/hour"
# danger to life or a child: only a machine sends more
DANGER_BY_NETWORK = "60/hour"
RECEIPTS_BY_ADDRESS = "1/hour"
TOO_MANY_REPORTS = "You have sent many reports. Wait {wait}, then send the next one."
TOO_MANY_NOTICES = (
    "Many notices came from your network. Wait {wait}, then send this one again. "
    "If somebody is in danger now, call the emergency services."
)


@dataclass(frozen=True)
class Quoted:
    """A comment's words as any reader may see them."""

    author: str
    html: Markup
    created_at: datetime


@dataclass(frozen=True)
class Told:
    """What the sender of a report sees of it."""

    report: Report
    quoted: Quoted | None
    # the newest appeal of its sender
    appeal: Appeal | None
    # the last moment to appeal; None if there is nothing to appeal against
    appeal_until: datetime | None


def find_comment(comment_id: int, site: Site) -> Comment | None:
    """The comment of this site, loaded with what a page shows of it."""
    return db.session.scalar(queries.comment(comment_id, site.id))


def quoted(comment: Comment) -> Quoted | None:
    """Its words while they are on the page, else None."""
    shown = comment.status is Status.PUBLISHED
    if not shown or comment.article.mode_at(clock.now()) is Mode.HIDDEN:
        return None
    return words_of(comment)


def words_of(comment: Comment) -> Quoted:
    """Its words, for somebody who may see them whatever its status."""
    html = Markup(comment.revision.html)  # noqa: S704  # made by the sanitiser
    return Quoted(author=comment.author.name, html=html, created_at=comment.created_at)


def report(comment: Comment, *, by: Person, clause: Clause, explanation: str) -> Report:
    """See `reporting.report`; raises Throttled too."""
    throttle.hit(f"report:{by.id}", REPORTS_BY_ACCOUNT, TOO_MANY_REPORTS)
    taken = reporting.report(comment, reporter=by, clause=clause, explanation=explanation)
    _measure_heat(comment)
    return taken


def notify(
    comment: Comment, notice: Notice, *, by: Person | None, network: str, site: Site
) -> Report:
    """Take a notice, with a receipt for its sender. Raises Throttled.

    by: who is signed in. Only a confirmed account vouches for its address; else the notice waits
    for the address in it to be confirmed, as if nobody were signed in.
    """
    _throttle(notice, by=by, network=network)
    sender = by if by is not None and by.confirmed_at is not None else None
    taken = reporting.notify(comment, notice, reporter=sender)
    _measure_heat(comment)
    if sender is not None:
        _post_receipt(taken, to=sender.email, site=site)
    elif taken.email is not None:
        _acknowledge(taken, taken.email, site=site)
    return taken


def confirm(notices: Sequence[Report]) -> None:
    """Their sender reads mail at the address in them."""
    for notice in notices:
        reporting.confirm(notice)


def tell(reports: Sequence[Report]) -> list[Told]:
    """How these reports stand, in their order."""
    ids = [each.id for each in reports]
    settled_by = {each.settled_by_id for each in reports if each.settled_by_id is not None}
    appeals = {appeal.report_id: appeal for appeal in db.session.scalars(queries.appeals(ids))}
    over = set(db.session.scalars(queries.superseded(settled_by)))
    return [
        Told(
            report=each,
            quoted=quoted(each.comment),
            appeal=appeals.get(each.id),
            appeal_until=_appeal_until(each, appeals.get(each.id), over),
        )
        for each in reports
    ]


def _appeal_until(report: Report, appeal: Appeal | None, over: set[int | None]) -> datetime | None:
    contested = appeal is not None and appeal.decision_id == report.settled_by_id
    if report.outcome is not Outcome.NOT_UPHELD or report.settled_at is None or contested:
        return None
    until = deadlines.appeal_until(report.settled_at)
    open_still = until > clock.now() and report.settled_by_id not in over
    return until if open_still and report.comment.status is Status.PUBLISHED else None


def _measure_heat(comment: Comment) -> None:
    article = db.session.get_one(Article, comment.article_id)
    heat.measure(article, db.session.get_one(Site, article.site_id), clock.now())


def _throttle(notice: Notice, *, by: Person | None, network: str) -> None:
    if notice.danger:
        throttle.hit(f"danger:{network}", DANGER_BY_NETWORK, TOO_MANY_NOTICES)
        return
    throttle.hit(f"notice:{network}", NOTICES_BY_NETWORK, TOO_MANY_NOTICES)
    if by is not None:
        throttle.hit(f"notice:{by.id}", NOTICES_BY_ACCOUNT, TOO_MANY_REPORTS)


def _acknowledge(notice: Report, address: str, *, site: Site) -> None:
    """Anybody can type anybody's address: a stranger gets one letter an hour, whatever is sent."""
    if not db.session.scalar(queries.is_known(address)):
        try:
            throttle.hit(f"receipt:{address}", RECEIPTS_BY_ADDRESS, "")
        except Throttled:
            return
    _post_receipt(notice, to=address, site=site)


def _post_receipt(notice: Report, *, to: str, site: Site) -> None:
    about = f"report:{notice.id}"
    outbox.post("receipt", to=to, key=f"receipt:{notice.id}", about=about, site=site, report=notice)
