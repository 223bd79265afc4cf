"""How good the machines were, in numbers that say how sure they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.cases import queries as cases
from moderation.comments.status import Action
from moderation.database import db
from moderation.screening.budget import queries
from moderation.screening.budget.interval import wilson
from moderation.sites.models import Site


@dataclass(frozen=True)
class Share:
    """`hits` of `of`, with the 95 % interval of the share behind it."""

    hits: int
    of: int

    @property
    def part(self) -> float:
        """0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def between(self) -> tuple[float, float]:
        return wilson(self.hits, self.of)


@dataclass(frozen=True)
class Samples:
    """Comments shown to the desk blind. missed: of those decided, what people hid.

    unnamed: all comments of the period that no live check named; queries.COUNTED for more.
    """

    opened: int
    waiting: int
    missed: Share
    unnamed: int

    @property
    def estimate(self) -> tuple[int, int, int]:
        """How many of the unnamed should have been hidden: about, at least, at most."""
        low, high = self.missed.between
        return tuple(round(part * self.unnamed) for part in (self.missed.part, low, high))  # type: ignore[return-value]  # three in, three out


@dataclass(frozen=True)
class CheckerNumbers:
    """One version of a checker against what people decided about the same words.

    right: of what it named, what people hid. caught: of what people hid under the clause it
    names, while this version was at work, what it named. upheld: of its newest settled reports,
    all versions together.
    """

    checker: str
    version: str
    right: Share
    caught: Share
    upheld: Share


@dataclass(frozen=True)
class Numbers:
    since: datetime
    samples: Samples
    checkers: Sequence[CheckerNumbers]


@dataclass(frozen=True, slots=True)
class _Judged:
    is_hidden: bool
    clause: str | None


def numbers(site: Site, since: datetime) -> Numbers:
    """Of the newest decisions since; seven bounded queries."""
    return Numbers(since, _samples(site, since), _checkers(site, since))


def _samples(site: Site, since: datetime) -> Samples:
    rows = db.session.execute(queries.samples(site.id, since=since)).all()
    decided = [action for _, action in rows if action is not None]
    return Samples(
        opened=len(rows),
        waiting=sum(bool(is_open) for is_open, _ in rows),
        missed=Share(sum(action is Action.HIDE for action in decided), len(decided)),
        unnamed=db.session.execute(queries.unnamed(site.id, since=since)).scalar_one(),
    )


def _checkers(site: Site, since: datetime) -> list[CheckerNumbers]:
    judged: dict[int, _Judged] = {}
    for revision_id, action, clause in db.session.execute(queries.judged(site.id, since=since)):
        # the newest decision about the same words counts
        judged.setdefault(revision_id, _Judged(action is Action.HIDE, clause))
    named: dict[tuple[str, str], set[int]] = defaultdict(set)
    clauses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for revision_id, checker, version, clause in db.session.execute(
        queries.said(site.id, since=since)
    ):
        if checker is not None and revision_id in judged:
            named[checker, version].add(revision_id)
            clauses[checker, version].add(clause)
    upheld = _upheld(site, {checker for checker, _ in named})
    times = _times(named)
    return [
        CheckerNumbers(
            checker,
            version,
            right=Share(sum(judged[id_].is_hidden for id_ in ids), len(ids)),
            caught=_caught(judged, ids, clauses[checker, version], times[checker, version]),
            upheld=upheld.get(checker, Share(0, 0)),
        )
        for (checker, version), ids in sorted(
            named.items(), key=lambda one: (one[0][0], -min(one[1]))
        )
    ]


def _caught(
    judged: Mapping[int, _Judged], named: set[int], clauses: set[str], time: tuple[int, int]
) -> Share:
    first, last = time
    hidden = {
        id_
        for id_, one in judged.items()
        if one.is_hidden and one.clause in clauses and first <= id_ < last
    }
    return Share(len(hidden & named), len(hidden))


def _times(named: Mapping[tuple[str, str], set[int]]) -> dict[tuple[str, str], tuple[int, int]]:
    """From the first revision a version named to the first its successor did; ids go by time."""
    begun: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for (checker, version), ids in named.items():
        begun[checker].append((min(ids), version))
    times = {}
    for checker, starts in begun.items():
        starts.sort()
        ends = [*(start for start, _ in starts[1:]), 2**63]
        for (start, version), end in zip(starts, ends, strict=True):
            times[checker, version] = (start, end)
    return times


def _upheld(site: Site, checkers: Iterable[str]) -> dict[str, Share]:
    names = set(checkers)
    if not names:
        return {}
    rows = db.session.execute(cases.checkers_records(site.id, names))
    return {checker: Share(upheld, upheld + refused) for checker, upheld, refused in rows}
