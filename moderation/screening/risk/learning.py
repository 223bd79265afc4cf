"""Learn from people's decisions: the older part teaches, the newest part measures. No database.

What is offered is the very model that was measured. Whoever decides is shown mostly what machines
or readers brought to the desk, so the decisions are no fair sample of the page: what only machines
brought counts half, what was drawn by chance three times as much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from moderation.screening.risk import correcting
from moderation.screening.risk.comparing import Compared, Outcome, compared
from moderation.screening.risk.correcting import Lesson, Texts
from moderation.screening.risk.rows import Floats
from moderation.screening.risk.weights import HEADS, Weights

DECISIONS, RESTRICTIONS = 500, 50  # with fewer nothing is learned
NEWEST = 0.3  # of the decisions: nothing is learned from them, they measure
LEAST = (15, 8)  # restrictions of a head's own, to learn from and to measure with
DRAWN, BY_MACHINE = 3.0, 0.5  # how much such a decision counts; any other counts one


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided last about a revision, and stands.

    head: of the clause it was restricted under; None: it was left on the page.
    """

    revision_id: int
    at: datetime
    head: str | None
    counts: float = 1.0


@dataclass(frozen=True)
class Learned:
    """weights: None if no head is better. since: the first of the decisions that measured."""

    weights: Weights | None
    heads: Mapping[str, Compared]
    since: datetime


def is_enough(decided: Sequence[Decided]) -> bool:
    return len(decided) >= DECISIONS and restrictions(decided) >= RESTRICTIONS


def restrictions(decided: Sequence[Decided]) -> int:
    return sum(one.head is not None for one in decided)


def learn(
    shipped: Weights,
    decided: Sequence[Decided],
    texts: Texts,
    *,
    in_use: Weights | None = None,
) -> Learned:
    """decided: oldest first. texts: theirs, as `correcting.read` has them, over `shipped`.

    Each head by itself: one that is not better stays as shipped. in_use: what the site uses, if it
    learned before from the same shipped model; shown beside the others.
    """
    cut = round(len(decided) * (1 - NEWEST))
    better, heads = shipped, {}
    for number, head in enumerate(HEADS):
        older, newer = _lessons(head, decided, texts, cut)
        taught = (older.texts.n, int(older.labels.sum()))
        if not _can_be_learned(older, newer):
            measured = (newer.texts.n, int(newer.labels.sum()))
            heads[head] = Compared(Outcome.TOO_FEW, taught, measured)
            continue
        learned = correcting.corrected(shipped, number, older)
        heads[head] = compared(
            number, newer, taught=taught, shipped=shipped, learned=learned, in_use=in_use
        )
        if heads[head].outcome is Outcome.BETTER:
            better = correcting.with_head(better, number, learned)
    return Learned(None if better is shipped else better, heads, decided[cut].at)


def named(weights: Weights, made_at: datetime) -> Weights:
    """Under the version of what was learned then, such as "1+2026-11-25.0312"."""
    return replace(weights, version=f"{weights.version}+{made_at:%Y-%m-%d.%H%M}")


def _lessons(
    head: str, decided: Sequence[Decided], texts: Texts, cut: int
) -> tuple[Lesson, Lesson]:
    """Older and newer. What was restricted for another reason says nothing about this head."""
    told = np.array([one.head in {None, head} for one in decided])
    is_older = np.arange(len(decided)) < cut
    labels: Floats = np.array([float(one.head == head) for one in decided])
    whole = Lesson(texts, labels, np.array([one.counts for one in decided]))
    return whole.taken(told & is_older), whole.taken(told & ~is_older)


def _can_be_learned(older: Lesson, newer: Lesson) -> bool:
    enough = older.labels.sum() >= LEAST[0] and newer.labels.sum() >= LEAST[1]
    # and enough that was left on the page
    others = (older.labels == 0).sum() >= LEAST[0] and (newer.labels == 0).sum() >= LEAST[1]
    return bool(enough and others)
