"""What an author is shown before posting words that probably break a clause."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.policy.models import PolicyVersion
from moderation.screening.marking import pieces
from moderation.screening.service import Looked


@dataclass(frozen=True, slots=True)
class Doubt:
    """One clause that the words may break. code: where the policy says more about it."""

    code: str
    title: str
    plain: str
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class Nudge:
    """doubts: by clause. pieces: (words, whether they are meant). is_held: whether a moderator
    looks first if it is posted as it is.
    """

    doubts: Sequence[Doubt]
    pieces: Sequence[tuple[str, bool]]
    is_held: bool


def nudge(looked: Looked, version: PolicyVersion, *, is_held: bool) -> Nudge:
    """What `looked` found, in the words of the policy. `version.clauses` is loaded.

    A rule's name is the newsroom's own affair: of a rule only the clause is told.
    """
    clauses = {clause.code: clause for clause in version.clauses}
    why: dict[str, list[str]] = {}
    for verdict in looked.nudges:
        if verdict.clause in clauses:
            told = why.setdefault(verdict.clause, [])
            told.extend(() if verdict.phase == "rule" else verdict.why)
    spans = [span for verdict in looked.nudges for span in verdict.spans]
    return Nudge(
        doubts=[
            Doubt(code, clauses[code].title, clauses[code].plain, sentences)
            for code, sentences in why.items()
        ],
        pieces=list(pieces(looked.subject.text, spans)),
        is_held=is_held,
    )
