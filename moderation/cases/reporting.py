"""Take in reports: they open or join a case, and only ever bring it nearer."""

from dataclasses import dataclass

from sqlalchemy import select

from moderation import clock, events
from moderation.cases import evidence, queries, service, settle
from moderation.cases.models import Case, CaseKind, Outcome, Report, Track
from moderation.cases.stale import AlreadyReported
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db, saved
from moderation.errors import Refused
from moderation.events.kinds import CommentReported, NoticeConfirmed, ReportSettled
from moderation.people.models import Person
from moderation.policy.models import Clause
from moderation.sites.models import Site


@dataclass(frozen=True)
class Notice:
    """A notice that a comment is against the law. `danger`: to somebody's life, or to a child."""

    law: str
    explanation: str
    name: str = ""
    email: str | None = None
    good_faith: bool = True
    danger: bool = False


def report(comment: Comment, *, reporter: Person, clause: Clause, explanation: str) -> Report:
    """Somebody signed in says that `comment` breaks `clause`.

    Answered at once if a person has approved these words under the same clause; else its case
    opens or comes nearer. Raises AlreadyReported, Refused.
    """
    site, _article, comment = service.lock(comment.id)
    if comment.author_id == reporter.id:
        raise Refused("This is your own comment. You can withdraw it instead.")
    if comment.status is not Status.PUBLISHED:
        raise Refused("This comment is no longer on the page, so there is nothing to report.")
    if _earlier(comment, Track.POLICY, reporter=reporter, email=None) is not None:
        raise AlreadyReported
    is_known = _is_alleged(comment, clause)
    new = _store(
        Report(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            track=Track.POLICY,
            clause=clause,
            reporter=reporter,
            explanation=explanation,
        ),
        site=site,
    )
    answer = db.session.scalar(queries.answer_to(comment.id, new.revision_id, clause.code))
    if answer is not None:
        settle.answer(new, Outcome.NOT_UPHELD, answer, site=site)
    else:
        _join(comment, new, is_known=is_known, site=site)
    return new


def report_by_checker(
    comment: Comment, *, checker: str, clause: Clause, explanation: str
) -> Report | None:
    """A machine says that `comment`, published or waiting, breaks `clause`; it is told nothing.

    Once per revision; None if this machine has said so, or a person has approved these words under
    the same clause.
    """
    site, _article, comment = service.lock(comment.id)
    said = select(Report.id).where(
        Report.revision_id == comment.revision_id,
        Report.track == Track.POLICY,
        Report.checker == checker,
    )
    if db.session.scalar(said) is not None:
        return None
    if (
        db.session.scalar(queries.answer_to(comment.id, comment.revision_id or 0, clause.code))
        is not None
    ):
        return None
    is_known = _is_alleged(comment, clause)
    new = _store(
        Report(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            track=Track.POLICY,
            clause=clause,
            checker=checker,
            site_id=site.id,
            explanation=explanation,
        ),
        site=site,
    )
    _join(comment, new, is_known=is_known, site=site)
    return new


def notify(comment: Comment, notice: Notice, *, reporter: Person | None) -> Report:
    """A notice of illegal content: it always opens or joins a case, whatever was decided before.

    The same sender's second notice on the same words is the first one, said again.
    """
    site, _article, comment = service.lock(comment.id)
    is_known = _is_alleged(comment, None)
    email = None if reporter else notice.email
    earlier = _earlier(comment, Track.ILLEGAL, reporter=reporter, email=email)
    if earlier is not None and reporter is None and earlier.email_confirmed_at is not None:
        # nobody has shown that this one, too, comes from that address: it is from nobody
        earlier = email = None
    if earlier is not None:
        _say_again(earlier, notice, site=site)
        _join(comment, earlier, is_known=is_known, site=site)
        return earlier
    new = _store(
        Report(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            track=Track.ILLEGAL,
            clause=None,
            law=notice.law,
            explanation=notice.explanation,
            name=notice.name,
            email=email,
            good_faith=notice.good_faith,
            danger=notice.danger,
            reporter=reporter,
        ),
        site=site,
    )
    _join(comment, new, is_known=is_known, site=site)
    return new


def confirm(notice: Report) -> None:
    """The sender's address is theirs: an open notice moves to the legal lane."""
    site, _article, comment = service.lock(notice.comment_id)
    db.session.refresh(notice)
    if notice.email_confirmed_at is not None:
        return
    notice.email_confirmed_at = clock.now()
    events.record(NoticeConfirmed(report_id=notice.id), site_id=site.id)
    if notice.settled_at is None:
        db.session.flush()
        _join(comment, notice, is_known=_is_alleged(comment, None), site=site)


def _earlier(
    comment: Comment, track: Track, *, reporter: Person | None, email: str | None
) -> Report | None:
    if reporter is None and email is None:
        return None
    sender = Report.reporter_id == reporter.id if reporter else Report.email == email
    return db.session.scalar(
        select(Report).where(
            Report.revision_id == comment.revision_id, Report.track == track, sender
        )
    )


def _say_again(earlier: Report, notice: Notice, *, site: Site) -> None:
    """Nothing that was sent is lost, whoever sent it; a settled notice is open again."""
    if notice.explanation not in earlier.explanation or notice.law != earlier.law:
        heading = ", ".join(filter(None, (notice.law, notice.name)))
        earlier.explanation += f"\n\n[Sent again: {heading}]\n{notice.explanation}"
    earlier.danger = earlier.danger or notice.danger
    if earlier.settled_at is not None:
        earlier.outcome = earlier.settled_at = earlier.settled_by_id = None
        events.record(
            ReportSettled(report_id=earlier.id, outcome=None, decision_id=None), site_id=site.id
        )
    db.session.flush()


def _is_alleged(comment: Comment, clause: Clause | None) -> bool:
    """Whether an open report says so already. clause None: that it is illegal."""
    said = queries.alleged(comment.id, clause.code if clause else None)
    return db.session.scalar(said) is not None


def _weighed(comment: Comment) -> list[Report]:
    """The reports that the deadline is made of: of a storm the newest, each counting for half of
    the one before; what older ones have brought nearer stays so.
    """
    return list(db.session.scalars(queries.weighed(comment.id)))


def _store(new: Report, *, site: Site) -> Report:
    saved(new)
    events.record(
        CommentReported(
            comment_id=new.comment_id,
            report_id=new.id,
            revision_id=new.revision_id,
            track=new.track.value,
            clause=new.clause.code if new.clause else None,
            reporter_id=new.reporter_id,
            checker=new.checker,
        ),
        site_id=site.id,
    )
    return new


def _join(comment: Comment, new: Report, *, is_known: bool, site: Site) -> Case:
    """Bring the case up to date with `new`; its version moves if nobody alleged that before."""
    before = db.session.scalar(queries.open_case(comment.id, CaseKind.REVIEW))
    opened_at = before.opened_at if before else clock.now()
    due_at = evidence.due_at(opened_at, comment, _weighed(comment), site.settings)
    case = service.open_or_join(comment, site=site, lane=evidence.lane(new), due_at=due_at)
    if before is not None and not is_known:
        case.version += 1
    return case
