"""The risk model's heads: one finding each, whatever it says, so that every score is kept."""

from collections.abc import Iterator, Mapping

from moderation.screening.phases import personal, threats
from moderation.screening.risk.model import Model, Score, worth_saying
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding

CLAUSES: Mapping[str, str] = {
    "attack": "abuse",
    "hate": "hatred",
    "spam": "spam",
}
CALLED: Mapping[str, str] = {
    "attack": "an attack",
    "hate": "hatred",
    "spam": "spam",
}
PERSONAL = "risk:personal_data"
BY_RULE = frozenset({threats.CHECKER, PERSONAL})  # the other heads are the model's
GROUP = "Mentions a group: check the context."


def find(subject: Subject, model: Model) -> Iterator[Finding]:
    """Attack, hate and spam by the model; threats and personal data by rule."""
    scores = model.score(subject.normal)
    for head, clause in CLAUSES.items():
        yield _finding(head, clause, scores[head], model.version)
    yield from threats.find(subject)
    yield _personal(subject)


def _finding(head: str, clause: str, score: Score, version: str) -> Finding:
    says = score.probability >= worth_saying(head)
    return Finding(
        checker=f"risk:{head}",
        score=score.probability,
        clause=clause,
        spans=score.spans if says else (),
        why=[*_why(head, score)] if says else [],
        version=version,
    )


def _why(head: str, score: Score) -> Iterator[str]:
    words = ", ".join(f"“{word}”" for word in score.words)
    because = f", for {words}" if words else ""
    # rounded down, as a bar is reached or not
    yield f"Model: {int(score.probability * 100)}% likely {CALLED[head]}{because}."
    if score.only_group:
        yield GROUP


def _personal(subject: Subject) -> Finding:
    """As sure as the surest of what the personal data phase found."""
    found = personal.find(subject)
    return Finding(
        checker=PERSONAL,
        score=max((one.score for one in found), default=0.0),
        clause="personal-data",
        spans=[span for one in found for span in one.spans],
        why=[f"Rule: {why[:1].lower()}{why[1:]}" for one in found for why in one.why],
    )
