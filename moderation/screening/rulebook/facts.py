"""What a rule is asked about: a text, what is known around it, and what the other phases said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from moderation.screening.normal import STRETCHED
from moderation.screening.phases.links import links_in
from moderation.screening.subject import ArticleFacts, AuthorFacts, Subject
from moderation.screening.verdict import Verdict

MOST_VERDICTS = 30
MOST_DOMAINS = 20
# every head of the model says something about every comment
RISK, LIKELY = "risk", 0.1
# what is not known accuses nobody: such an account counts as an old one
UNKNOWN_AUTHOR = AuthorFacts(age_days=3650.0, comments=1)
UNKNOWN_ARTICLE = ArticleFacts(age_days=0.0)

_WEIGHT = {"hold": 0, "report": 1, "nothing": 2}


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as rules see it. clause: its code, or "". would: "nothing", "report" or "hold"."""

    phase: str
    checker: str
    clause: str
    score: float
    would: str

    @classmethod
    def of(cls, verdict: Verdict) -> "Said":
        return cls(
            verdict.phase,
            verdict.checker,
            verdict.clause or "",
            verdict.score,
            verdict.would.value,
        )

    def as_dict(self) -> dict[str, object]:
        """By name; `dataclasses.asdict` takes ten times as long, and every comment waits for it."""
        return {
            "phase": self.phase,
            "checker": self.checker,
            "clause": self.clause,
            "score": self.score,
            "would": self.would,
        }


@dataclass(frozen=True)
class Known:
    """said: the verdicts of the phases that could look."""

    subject: Subject
    said: Sequence[Said] = field(default=())

    @property
    def text(self) -> str:
        return self.subject.text

    @property
    def author(self) -> AuthorFacts:
        return self.subject.author or UNKNOWN_AUTHOR

    @property
    def article(self) -> ArticleFacts:
        return self.subject.article or UNKNOWN_ARTICLE

    @property
    def alike(self) -> int:
        """Near-duplicates; a dry run knows their number and not which they were."""
        counted = self.subject.extra.get("alike")
        return counted if isinstance(counted, int) else len(self.subject.alike)

    @cached_property
    def domains(self) -> list[str]:
        """Where its links lead, one entry a link."""
        return [link.domain for link in links_in(self.text)]

    @property
    def capitals(self) -> float:
        """Their share among the letters."""
        letters = sum(map(str.isalpha, self.text))
        return sum(map(str.isupper, self.text)) / letters if letters else 0.0

    @property
    def is_disguised(self) -> bool:
        """Whether somebody took care that lists of words do not see it; "sooo" is no disguise."""
        return bool(self.subject.normal.repairs - {STRETCHED})

    @cached_property
    def verdicts(self) -> list[Said]:
        """The weightiest MOST_VERDICTS, without what the model thinks unlikely."""
        told = [s for s in self.said if s.phase != RISK or s.score >= LIKELY]
        if len(told) <= MOST_VERDICTS:
            return told
        return sorted(told, key=lambda s: (_WEIGHT[s.would], -s.score))[:MOST_VERDICTS]

    def risk(self, head: str) -> float:
        return self.score(f"risk:{head}")

    def score(self, checker: str) -> float:
        """The highest score of one checker, 0 where it said nothing."""
        return self._scores.get(checker, 0.0)

    @cached_property
    def _scores(self) -> Mapping[str, float]:
        scores: dict[str, float] = {}
        for said in self.said:
            scores[said.checker] = max(said.score, scores.get(said.checker, 0.0))
        return scores


def said(verdicts: Iterable[Verdict]) -> tuple[Said, ...]:
    """What could be checked, as rules see it."""
    return tuple(Said.of(verdict) for verdict in verdicts if verdict.is_checked)
