"""Ask a rule about the comments of a period, with what was known when each was written."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from moderation import ids
from moderation.database import db, only_reading
from moderation.screening.rulebook import looking, queries
from moderation.screening.rulebook.facts import Known, Said
from moderation.screening.rulebook.queries import Found
from moderation.screening.rulebook.ruleset import RuleSet
from moderation.screening.rulebook.tally import Tally, fate
from moderation.screening.subject import ArticleFacts, AuthorFacts, Subject
from moderation.sites.models import Site

BATCH = 250  # comments read in one short transaction

Progress = Callable[[int, int], bool]  # done, of how many -> whether to go on


@dataclass(frozen=True, slots=True)
class Period:
    """The ids of a site's comments in it: from `first` up to `last`, not included."""

    site_id: int
    first: int
    last: int

    @classmethod
    def before(cls, site_id: int, moment: datetime, *, days: int) -> "Period":
        since = max(moment - timedelta(days=days), ids.EPOCH)
        return cls(site_id, ids.first_at(since), ids.first_at(moment))


def total(period: Period) -> int:
    """How many comments there are. Ends the transaction, as `ask` does."""
    with only_reading():
        found = db.session.scalar(
            queries.count(period.site_id, first=period.first, last=period.last)
        )
        db.session.rollback()
    return found or 0


def ask(rules: RuleSet, period: Period, progress: Progress) -> Tally | None:
    """What the one rule in `rules` says about each comment; None if told to stop."""
    tally, done, of = Tally(), 0, total(period)
    first = period.first
    while batch := _read(Period(period.site_id, first, period.last)):
        for row, known in batch:
            _count(tally, row, known, rules)
        first = batch[-1][0].id + 1
        done += len(batch)
        if not progress(done, max(done, of)):
            return None
    return tally


def _count(tally: Tally, row: Found, known: Known | None, rules: RuleSet) -> None:
    if known is None:
        tally.blank += 1
        return
    tally.text_only += row.facts is None
    (answer,) = rules.answers(known)
    tally.add(row.id, fate(row.judged, row.status), says=answer.says, failure=answer.failure)


def _read(period: Period) -> list[tuple[Found, Known | None]]:
    """The next comments; without words where they were blanked."""
    with only_reading():
        site = db.session.get_one(Site, period.site_id)
        rows = db.session.execute(
            queries.comments(site.id, first=period.first, last=period.last, limit=BATCH)
        ).all()
        said = _said([row.revision_id for row in rows])
        batch = [(row, _known(row, said, site)) for row in rows]
        db.session.rollback()
    return batch


def _said(revision_ids: Sequence[int]) -> Mapping[int, Sequence[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    for revision_id, phase, checker, clause, score, would in db.session.execute(
        queries.said(revision_ids)
    ):
        found[revision_id].append(Said(phase, checker, clause or "", score, would))
    return found


def _known(row: Found, said: Mapping[int, Sequence[Said]], site: Site) -> Known | None:
    if row.blanked_at is not None:
        return None
    if row.facts is None:
        subject = _from_before(row)
        # what the phases would say now, since nobody asked them then
        return Known(subject, looking.others_say(site, subject))
    facts = dict(row.facts)
    subject = Subject(
        text=row.body,
        author=_facts(AuthorFacts, facts.get("author")),
        article=_facts(ArticleFacts, facts.get("article")),
        is_reply=bool(facts.get("is_reply")),
        extra={"alike": facts.get("alike", 0)},
    )
    return Known(subject, said.get(row.revision_id, ()))


def _from_before(row: Found) -> Subject:
    """A comment from before screening: what can still be counted."""
    return Subject(
        text=row.body,
        author=AuthorFacts(
            age_days=_days(row.author_created_at, row.created_at), comments=row.comments_before
        ),
        article=ArticleFacts(slug=row.slug, age_days=_days(row.article_created_at, row.created_at)),
        is_reply=row.parent_id is not None,
    )


def _days(since: datetime, until: datetime) -> float:
    return max(0.0, (until - since) / timedelta(days=1))


def _facts(kind: type[Any], stored: Mapping[str, Any] | None) -> Any:
    """As they were kept then; what later programs call otherwise is passed over."""
    if stored is None:
        return None
    names = {f.name for f in fields(kind)}
    try:
        return kind(**{key: value for key, value in stored.items() if key in names})
    except TypeError:  # something that must be known is not
        return None
