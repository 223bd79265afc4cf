"""The same people reporting one author again and again. Said on the card; nothing follows from it.

Their influence is bounded by what their reports were worth, see `cases.evidence`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, and_, literal, null, select, type_coerce

from moderation.cases.models import Outcome, Report, Track
from moderation.comments.models import Comment
from moderation.review import words
from moderation.screening.phases.wording import lasting

PEOPLE, COMMENTS = 2, 3  # fewer are chance
LATELY = timedelta(days=7)
MINUTE = timedelta(minutes=1)
LOOKED_AT = 100  # the author's newest comments
REPORTERS = 20  # of the comment at hand


@dataclass(frozen=True)
class Before:
    """A report on another comment of the same author. outcome: "" while nobody has decided."""

    reporter_id: int
    comment_id: int
    at: datetime
    outcome: str | None


@dataclass(frozen=True)
class Brigade:
    """line: the sentence; names: who; comment_ids: the others they reported, newest first."""

    line: str
    names: Sequence[str]
    comment_ids: Sequence[int]


def reports(
    author_id: int, reporters: Collection[int], *, but: int, now: datetime
) -> list[Select[*tuple[Any, ...]]]:
    """Rows for the author's record: what `reporters` said about the author's other comments.

    Looks up each of at most REPORTERS people under each of at most LOOKED_AT comments.
    """
    if len(reporters) < PEOPLE:
        return []
    lately = (
        select(Comment.revision_id)
        .where(Comment.author_id == author_id, Comment.id != but)
        .order_by(Comment.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    theirs = and_(
        Report.revision_id == lately.c.revision_id,
        Report.track == Track.POLICY,
        Report.reporter_id.in_(sorted(reporters)[:REPORTERS]),
    )
    return [
        select(
            literal("reported"),
            type_coerce(Report.outcome, String),
            Report.comment_id,
            Report.created_at,
            null(),
            Report.reporter_id,
        )
        .select_from(lately)
        .join(Report, theirs)
        .where(Report.created_at > now - LATELY)
    ]


def found(here: Sequence[Report], before: Iterable[Before]) -> Brigade | None:
    """here: the reports on the comment at hand, with their senders."""
    by_comment: dict[int, dict[int, Before]] = defaultdict(dict)
    for one in [*map(_before, filter(_is_by_account, here)), *before]:
        by_comment[one.comment_id][one.reporter_id] = one
    people = _together(by_comment)
    shared = {
        comment_id: [one for who, one in theirs.items() if who in people]
        for comment_id, theirs in by_comment.items()
        if len(theirs.keys() & people) >= PEOPLE
    }
    if len(people) < PEOPLE or len(shared) < COMMENTS:
        return None
    names = {r.reporter_id: r.reporter.name for r in here if r.reporter}
    return Brigade(
        line=_line(len(people), shared),
        names=[name for who, name in names.items() if who in people],
        comment_ids=sorted(shared.keys() - {r.comment_id for r in here}, reverse=True),
    )


def _together(by_comment: Mapping[int, Mapping[int, Before]]) -> set[int]:
    """Who reported enough of the comments that somebody else among them reported too."""
    times: dict[int, int] = defaultdict(int)
    for theirs in by_comment.values():
        for who in theirs if len(theirs) >= PEOPLE else ():
            times[who] += 1
    return {who for who, count in times.items() if count >= COMMENTS}


def _line(people: int, shared: Mapping[int, Sequence[Before]]) -> str:
    every = [one for theirs in shared.values() for one in theirs]
    lasted = max(one.at for one in every) - min(one.at for one in every)
    line = (
        f"The same {words.count(people, 'person', 'people')} reported "
        f"{words.count(len(shared), 'comment')} of this author within "
        f"{lasting(lasted / MINUTE)}"
    )
    settled = [one for one in every if one.outcome]
    wrong = sum(one.outcome == Outcome.NOT_UPHELD.value for one in settled)
    if not settled:
        return f"{line}; none of these reports is settled yet."
    were = "was" if wrong == 1 else "were"
    return (
        f"{line}; {words.number(wrong)} of {words.number(len(settled))} settled {were} not upheld."
    )


def _is_by_account(report: Report) -> bool:
    return report.reporter_id is not None and report.track is Track.POLICY


def _before(report: Report) -> Before:
    outcome = report.outcome.value if report.outcome else None
    return Before(report.reporter_id or 0, report.comment_id, report.created_at, outcome)
