"""Making the risk model: rows and labels, a fit for each head, then probabilities that hold."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moderation.screening.normal import normalised
from moderation.screening.risk import calibration, families, features, fitting, marking, rows
from moderation.screening.risk.rows import Floats, Rows
from moderation.screening.risk.sources import OWN, Example, fold
from moderation.screening.risk.weights import HEADS, Weights, packed

VERSION = "4"
RARE = 8  # rows; what stands in fewer is left out
PLACES = 2  # sources; what only one of them says is a habit of that place
STRICTNESS = {"attack": 1.5, "hate": 1.0, "spam": 0.06}
TRUST = 4.0
PLAIN = 0.15  # how much a comment counts as an example of what is not spam

Say = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """One source, read: rows, and for each row what is known. nan: nothing."""

    source: str
    rows: Rows
    labels: Floats  # rows by heads
    weights: Floats  # rows by heads
    folds: NDArray[np.int64]
    parts: NDArray[np.str_]


def is_held_out(text: str) -> bool:
    """Whether it is of the fifth that measures: nothing in the model was learned from it."""
    return fold(text) == 0


def lessons(examples: Sequence[Example], say: Say) -> list[Lesson]:
    """Every source as rows; what raters marked by the sentence, the rest whole."""
    found = []
    for source in dict.fromkeys(example.source for example in examples):
        chosen = [example for example in examples if example.source == source]
        say(f"Reading {source}: {len(chosen):,} texts …")
        found.append(_by_sentence(chosen) if chosen[0].marks else _whole(chosen))
    return found


def _whole(examples: Sequence[Example]) -> Lesson:
    labels = np.array([[_number(getattr(e, head)) for head in HEADS] for e in examples])
    weights = np.repeat(np.array([[e.weight] for e in examples]), len(HEADS), axis=1)
    if examples[0].source in {"wiki", "chatbots"}:  # people talking: no spam
        spam = HEADS.index("spam")
        labels[:, spam], weights[:, spam] = 0.0, PLAIN
    return Lesson(
        examples[0].source,
        rows.whole(e.text for e in examples),
        labels,
        weights,
        np.array([fold(e.text) for e in examples]),
        np.array([e.part for e in examples]),
    )


def _number(label: float | None) -> float:
    return float("nan") if label is None else label


def _by_sentence(examples: Sequence[Example]) -> Lesson:
    parts, labels, folds = [], [], []
    for example in examples:
        normal = normalised(example.text)
        read = rows.read(normal.text)
        where = marking.stretches(normal, read)
        parts.append((read.grams, read.sentences, len(where)))
        found = [marking.shares(example, stretch) for stretch in where]
        labels += [[shares[head] for head in HEADS] for shares in found]
        folds += [fold(example.text)] * len(where)
    weights = np.tile([PLAIN if head == "spam" else 1.0 for head in HEADS], (len(labels), 1))
    return Lesson(
        examples[0].source,
        rows.joined(parts),
        np.array(labels),
        weights,
        np.array(folds),
        np.full(len(labels), ""),
    )


def train(examples: Sequence[Example], say: Say) -> Weights:
    """The model in the wheel. Fold 0 is left out of all of it.

    What calibrates has seen neither fold 0 nor fold 1; then fold 1 is learned from as well.
    """
    read = lessons(examples, say)
    say("Fitting what calibrates …")
    first = fitted(read, folds={2, 3, 4})
    say("Fitting what is shipped …")
    shipped = fitted(read, folds={1, 2, 3, 4})
    slopes, shifts = calibration.calibrated(first, [e for e in examples if fold(e.text) == 1])
    # the last digits are chance
    return replace(shipped, slopes=np.round(slopes, 3), shifts=np.round(shifts, 3))


def fitted(
    read: Sequence[Lesson],
    *,
    folds: Collection[int],
    heads: Sequence[str] = HEADS,
    without: Collection[str] = (),
    left_out: Collection[str] = (),
) -> Weights:
    """A model of those folds, not calibrated. Our own sentences are of no fold.

    without: sources. left_out: parts of sources, such as a video. Heads not asked for weigh
    nothing.
    """
    used = [_chosen(one, folds, left_out) for one in read if one.source not in without]
    vocabulary = rows.vocabulary([one.rows for one in used], rows=RARE, places=PLACES)
    vocabulary = np.union1d(vocabulary, families.hashes())
    # the bare name of a group weighs nothing, whatever the data say
    vocabulary = np.setdiff1d(vocabulary, features.group_hashes())
    tables = [rows.table(one.rows, vocabulary) for one in used]
    found = []
    for number, head in enumerate(HEADS):
        if head in heads:
            found.append(_head(number, used, tables, vocabulary))
        else:
            found.append((np.zeros(len(vocabulary)), 0.0))
    return packed(vocabulary, found, VERSION)


def _chosen(lesson: Lesson, folds: Collection[int], left_out: Collection[str]) -> Lesson:
    kept = np.isin(lesson.folds, list(folds)) | (lesson.source == OWN)
    kept &= ~np.isin(lesson.parts, list(left_out))
    return Lesson(
        lesson.source,
        lesson.rows.taken(kept),
        lesson.labels[kept],
        lesson.weights[kept],
        lesson.folds[kept],
        lesson.parts[kept],
    )


def _head(
    number: int, used: Sequence[Lesson], tables: Sequence[rows.Table], vocabulary: features.Hashes
) -> tuple[Floats, float]:
    of, columns, values, labels, weights, n = [], [], [], [], [], 0
    for lesson, table in zip(used, tables, strict=True):
        told = ~np.isnan(lesson.labels[:, number])
        if not told.any():
            continue
        numbers = np.cumsum(told) - 1 + n
        kept = told[table.of]
        of.append(numbers[table.of[kept]].astype(np.int32))
        columns.append(table.columns[kept])
        values.append(table.values[kept])
        labels.append(lesson.labels[told, number])
        weights.append(lesson.weights[told, number])
        n += int(told.sum())
    whole = rows.Table(
        n, len(vocabulary), np.concatenate(of), np.concatenate(columns), np.concatenate(values)
    )
    return fitting.fit(
        whole,
        np.concatenate(labels),
        np.concatenate(weights),
        families.over(vocabulary),
        strictness=STRICTNESS[HEADS[number]],
        trust=TRUST,
    )
