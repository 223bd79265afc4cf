"""What was learned and measured, in words: for the page and for the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from moderation.screening.phases.risk import CALLED
from moderation.screening.risk.comparing import Compared, Estimate, Outcome
from moderation.screening.risk.learning import DECISIONS, LEAST, RESTRICTIONS
from moderation.screening.risk.models import LearnedModel, LearningState

STATES = {
    LearningState.WAITING: "It waits for a worker.",
    LearningState.RUNNING: "A worker learns.",
    LearningState.TOO_FEW: (
        f"That is too few: it takes {DECISIONS} decisions, {RESTRICTIONS} of them restrictions."
    ),
    LearningState.NOT_BETTER: (
        "What was learned is not surely better than the shipped model, so it is not offered."
    ),
    LearningState.OFFERED: (
        "What was learned is better than the shipped model. Nothing changes until a lead uses it."
    ),
    LearningState.IN_USE: "It is in use.",
    LearningState.RETURNED: "It was in use, until a lead returned to the shipped model.",
    LearningState.FAILED: "Something broke on our side while it learned; the log says what.",
}
OUTCOMES = {
    Outcome.BETTER: "Better, and part of what is offered.",
    Outcome.NOT_BETTER: "Not surely better, so it stays as shipped.",
    Outcome.LESS_SURE: (
        "It ranks better, but its percentages hold less well, so it stays as shipped."
    ),
}


TITLES = {"attack": "Attacks", "hate": "Hatred", "spam": "Spam"}


@dataclass(frozen=True)
class HeadFigures:
    """One head's, as sentences; the first is the outcome."""

    title: str
    sentences: tuple[str, ...]


def told(row: LearnedModel) -> Iterator[str]:
    """All of it, line by line."""
    yield f"{row.decisions:,} decisions, {row.restrictions:,} of them restrictions."
    yield STATES[row.state]
    for found in figures(row):
        yield f"{found.title}:"
        yield from (f"  {sentence}" for sentence in found.sentences)
    if row.version:
        yield f"Its version is {row.version}."


def figures(row: LearnedModel) -> list[HeadFigures]:
    """What was measured, head by head; empty if nothing was."""
    stored = row.result.get("heads", {})
    return [
        HeadFigures(TITLES.get(head, head), tuple(_said(head, Compared.from_stored(stored[head]))))
        for head in CALLED
        if head in stored
    ]


def since(row: LearnedModel) -> datetime:
    """When the decisions begin that measured. KeyError if nothing was."""
    return datetime.fromisoformat(row.result["since"])


def _said(head: str, found: Compared) -> Iterator[str]:
    taught, restricted = found.taught
    measured, hits = found.measured
    if found.outcome is Outcome.TOO_FEW:
        yield (
            f"Too few of its own, so it stays as shipped: {restricted:,} restrictions to learn "
            f"from, {hits:,} to measure with; it takes {LEAST[0]} and {LEAST[1]}."
        )
        return
    yield OUTCOMES[found.outcome]
    yield (
        f"Learned from {taught:,} decisions, {restricted:,} of them restrictions for "
        f"{CALLED[head]}; measured with {measured:,} newer ones, {hits:,} of them restrictions."
    )
    if found.shipped is None or found.learned is None or found.gain is None:
        return
    now = f", in use now {_percent(found.in_use)}" if found.in_use else ""
    yield (
        "Of two newer comments, one restricted and one not, the restricted one has the higher "
        f"score this often: shipped {_percent(found.shipped)}, "
        f"learned {_percent(found.learned)}{now}."
    )
    gain = found.gain
    yield (
        f"The difference is {100 * gain.value:+.1f} points, "
        f"between {100 * gain.low:+.1f} and {100 * gain.high:+.1f} with 95 % certainty."
    )


def _percent(found: Estimate) -> str:
    text = f"{found.value:.1%} ({found.low:.1%} to {found.high:.1%})"
    return text.replace("%", " %")
