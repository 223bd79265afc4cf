"""What decisions teach a model: a small correction of its weights, and nothing else of it moves.

Pure arithmetic on texts that were read; knows no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moderation.screening.risk import features, rows
from moderation.screening.risk.features import Places
from moderation.screening.risk.fitting import minimum
from moderation.screening.risk.rows import Floats, Table
from moderation.screening.risk.weights import STEPS, Weights, shortened

STRICTNESS = 1.0  # of the pull back to the weights as they were
STEPS_DOWN = 30
COMMON = 3  # texts
AT_ONCE = 500  # texts that are counted together, so that little memory is taken
SURE = 20.0  # decisions that it takes to move a head's slope half the way
PART = 0.2  # of what is taught, the newest: not learned from at first, to find the slope
SLOPES = (0.25, 1.5)  # whatever the decisions say


@dataclass(frozen=True, slots=True)
class Texts:
    """n texts as sentences over a model's hashes. of: the text of each sentence, in order."""

    n: int
    table: Table
    of: NDArray[np.int32]

    def taken(self, chosen: NDArray[np.bool_]) -> "Texts":
        """Only those texts, numbered anew."""
        sentences = chosen[self.of]
        kept = sentences[self.table.of]
        numbers = np.cumsum(sentences, dtype=np.int32) - 1
        table = Table(
            int(sentences.sum()),
            self.table.width,
            numbers[self.table.of[kept]],
            self.table.columns[kept],
            self.table.values[kept],
        )
        return Texts(
            int(chosen.sum()),
            table,
            (np.cumsum(chosen, dtype=np.int32) - 1)[self.of[sentences]],
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What people decided about texts. labels: 1 restricted, 0 not, in the order of time.

    counts: how much each counts.
    """

    texts: Texts
    labels: Floats
    counts: Floats

    def taken(self, chosen: NDArray[np.bool_]) -> "Lesson":
        return Lesson(self.texts.taken(chosen), self.labels[chosen], self.counts[chosen])


def read(bodies: Iterable[str], weights: Weights) -> Texts:
    """One text each; words that the model does not know are gone."""
    found, of = rows.sentences(bodies)
    short = replace(found, hashes=shortened(found.hashes).astype(np.uint64))
    table = rows.table(short, weights.hashes.astype(np.uint64))
    return Texts(int(of[-1]) + 1 if len(of) else 0, table, of)


def joined(parts: Sequence[Texts]) -> Texts:
    """One after the other. At least one part."""
    texts = np.cumsum([0, *(part.n for part in parts)], dtype=np.int32)
    sentences = np.cumsum([0, *(part.table.n for part in parts)], dtype=np.int32)
    tables = [part.table for part in parts]
    return Texts(
        int(texts[-1]),
        Table(
            int(sentences[-1]),
            tables[0].width,
            np.concatenate([t.of + first for t, first in zip(tables, sentences, strict=False)]),
            np.concatenate([table.columns for table in tables]),
            np.concatenate([table.values for table in tables]),
        ),
        np.concatenate([part.of + first for part, first in zip(parts, texts, strict=False)]),
    )


def logits(weights: Weights, head: int, texts: Texts) -> Floats:
    """What a model's head says of each text, calibrated, as `Model.logits` has it."""
    column = weights.steps[:, head] * weights.scales[head]
    score = _pooled(texts, texts.table.dot(column) + weights.constants[head])[0]
    found: Floats = weights.slopes[head] * score + weights.shifts[head]
    return found


def corrected(weights: Weights, head: int, lesson: Lesson) -> Weights:
    """The model with that head learned further; the others are as they were, to the bit.

    The slope is found on the newest part of the lesson, by weights that have not seen it; so is
    the shift, by which the head says there, on the whole, as much as it did before: what comes to
    the desk is no fair sample of what is on the page, so the level is not for it to teach.
    """
    is_last = np.arange(lesson.texts.n) >= round(lesson.texts.n * (1 - PART))
    first = _moved(weights, head, lesson.taken(~is_last))
    slope, shift = _calibrated(weights, first, head, lesson.taken(is_last))
    return _recalibrated(_moved(weights, head, lesson), head, slope, shift)


def with_head(weights: Weights, head: int, other: Weights) -> Weights:
    """The model, but one head is the other's, which has the same hashes."""
    found = replace(
        weights,
        steps=weights.steps.copy(),
        scales=weights.scales.copy(),
        slopes=weights.slopes.copy(),
        shifts=weights.shifts.copy(),
    )
    found.steps[:, head] = other.steps[:, head]
    for mine, theirs in (
        (found.scales, other.scales),
        (found.slopes, other.slopes),
        (found.shifts, other.shifts),
    ):
        mine[head] = theirs[head]
    return found


def _moved(weights: Weights, head: int, lesson: Lesson) -> Weights:
    column = weights.steps[:, head] * weights.scales[head]
    return _packed(weights, head, column + _correction(weights, head, lesson))


def _correction(weights: Weights, head: int, lesson: Lesson) -> Floats:
    """Of each weight, by logistic regression with what the head says as its offset.

    Its own constant takes up that more is restricted on the desk than on the page, and is dropped.
    """
    texts = lesson.texts
    column = weights.steps[:, head] * weights.scales[head]
    score, shares = _pooled(texts, texts.table.dot(column) + weights.constants[head])
    offset = weights.slopes[head] * score + weights.shifts[head]
    table, columns = _by_text(texts, weights.slopes[head] * shares, _fixed(weights))

    def cost(point: Floats) -> tuple[float, Floats]:
        own = point[:-1]
        at = offset + table.dot(own) + point[-1]
        loss = lesson.counts @ (np.logaddexp(0, at) - lesson.labels * at)
        off = lesson.counts * (_likely(at) - lesson.labels)
        sides = table.back(off) + STRICTNESS * own
        return float(loss + STRICTNESS / 2 * own @ own), np.append(sides, off.sum())

    found = np.zeros(len(weights.hashes))
    found[columns] = minimum(cost, np.zeros(table.width + 1), steps=STEPS_DOWN)[:-1]
    return found


def _fixed(weights: Weights) -> NDArray[np.bool_]:
    """The bare name of a group weighs nothing, whatever people decided."""
    return np.isin(weights.hashes, shortened(features.group_hashes()))


def _by_text(texts: Texts, shares: Floats, fixed: NDArray[np.bool_]) -> tuple[Table, Places]:
    """One row a text, over the columns that are learned; and which those are.

    shares: how much each sentence moves its text. What stands in fewer than COMMON texts is
    nobody's habit, and would tell of one comment.
    """
    whole = texts.table
    of = texts.of[whole.of]
    is_learned = (_texts_with(whole, of, texts.n) >= COMMON) & ~fixed
    columns = np.flatnonzero(is_learned)
    kept = is_learned[whole.columns]
    numbers = (np.cumsum(is_learned) - 1)[whole.columns[kept]].astype(np.int32)
    values = (whole.values[kept] * shares[whole.of[kept]]).astype(np.float32)
    return Table(texts.n, len(columns), of[kept], numbers, values), columns


def _texts_with(table: Table, of: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """In how many of n texts each column stands. of: the text of each number, in order."""
    found = np.zeros(table.width, np.int64)
    for first, last in pairwise(np.searchsorted(of, np.arange(0, n + AT_ONCE, AT_ONCE))):
        cells = of[first:last].astype(np.int64) * table.width + table.columns[first:last]
        found += np.bincount(np.unique(cells) % table.width, minlength=table.width)
    return found


def _pooled(texts: Texts, scores: Floats) -> tuple[Floats, Floats]:
    """Of each text as `model.pooled` has it, and how much each sentence moves its text's."""
    starts = np.concatenate(([0], np.flatnonzero(np.diff(texts.of)) + 1))
    worst = np.maximum.reduceat(scores, starts)
    odds = np.exp(scores - worst[texts.of])
    sums = np.add.reduceat(odds, starts)
    is_worst = (scores == worst[texts.of]).astype(np.float64)
    shares = is_worst / np.add.reduceat(is_worst, starts)[texts.of] + odds / sums[texts.of]
    return worst + 0.5 * np.log(sums / np.bincount(texts.of)), 0.5 * shares


def _packed(weights: Weights, head: int, exact: Floats) -> Weights:
    """One head's weights in steps again, a little coarser if they grew."""
    scales, steps = weights.scales.copy(), weights.steps.copy()
    scales[head] = max(scales[head], np.quantile(np.abs(exact), 0.9997) / STEPS)
    steps[:, head] = np.rint(exact / scales[head]).clip(-STEPS, STEPS)
    return replace(weights, scales=scales, steps=steps)


def _calibrated(before: Weights, after: Weights, head: int, lesson: Lesson) -> tuple[float, float]:
    """By how much to multiply what `after` says, and then what to add, on the scale of logits."""
    said = logits(after, head, lesson.texts)

    def cost(point: Floats) -> tuple[float, Floats]:
        at = point[0] * said + point[1]
        off = lesson.counts * (1 / (1 + np.exp(-at)) - lesson.labels)
        loss = lesson.counts @ (np.logaddexp(0, at) - lesson.labels * at)
        pull = SURE * (point[0] - 1)
        return float(loss + pull * (point[0] - 1) / 2), np.array([off @ said + pull, off.sum()])

    found = minimum(cost, np.array([1.0, 0.0]), steps=50)
    slope = float(np.clip(found[0], *SLOPES))
    wanted = lesson.counts @ _likely(logits(before, head, lesson.texts))
    low, high = -10.0, 10.0
    for _ in range(40):
        shift = (low + high) / 2
        if lesson.counts @ _likely(slope * said + shift) < wanted:
            low = shift
        else:
            high = shift
    return slope, (low + high) / 2


def _likely(at: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-at))
    return found


def _recalibrated(weights: Weights, head: int, slope: float, shift: float) -> Weights:
    slopes, shifts = weights.slopes.copy(), weights.shifts.copy()
    slopes[head] *= slope
    shifts[head] = slope * shifts[head] + shift
    return replace(weights, slopes=slopes, shifts=shifts)
