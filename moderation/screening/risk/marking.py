"""What raters marked, carried over to sentences and to runs of sentences."""

from collections.abc import Iterator

import numpy as np

from moderation.screening.normal import Normal
from moderation.screening.risk.rows import Read
from moderation.screening.risk.sources import Example, Kind
from moderation.screening.verdict import Span

KINDS = frozenset(Kind)
RUNS = (1, 2, 1, 3, 5)  # sentences, in turn: comments are of every length


def stretches(normal: Normal, read: Read) -> list[Span]:
    """Of each sentence in the text as it was typed; at least one."""
    if not len(read.tokens):
        return [Span(0, len(normal.original))]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(read.sentences)) + 1))
    ends = np.append(starts[1:], len(read.tokens)) - 1
    return [
        normal.span(int(read.tokens.starts[a]), int(read.tokens.ends[b]))
        for a, b in zip(starts, ends, strict=True)
    ]


def shares(example: Example, where: Span) -> dict[str, float]:
    """Head → of the raters: who marked something there, and something against a group."""
    found = [mark for mark in example.marks if mark[0] < where.end and mark[1] > where.start]
    kinds = {"attack": KINDS, "hate": {Kind.GROUP}}
    raters = {
        head: {r for _, _, r, kind in found if kind in wanted} for head, wanted in kinds.items()
    }
    return {head: len(who) / example.raters for head, who in raters.items()} | {"spam": 0.0}


def runs(count: int) -> Iterator[tuple[int, int]]:
    """So many sentences, cut into runs: first, and after the last."""
    first = turn = 0
    while first < count:
        last = min(count, first + RUNS[turn % len(RUNS)])
        yield first, last
        first, turn = last, turn + 1
