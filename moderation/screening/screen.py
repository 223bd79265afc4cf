"""Run every phase over one text; none stops another, and none can break the comment."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from moderation.screening.kit import Kit
from moderation.screening.phases import (
    author,
    contempt,
    flood,
    language,
    length,
    links,
    noise,
    personal,
    repeats,
    risk,
    words,
)
from moderation.screening.settings import Bars, Screening
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding, PhaseMode, Verdict, Would

Look = Callable[[Subject, Kit], Iterable[Finding]]

# what each phase does; the newsroom's rules come after them, since they may ask what these found
LOOKS: Mapping[str, Look] = {
    "length": lambda subject, _: length.find(subject),
    "links": lambda subject, _: links.find(subject),
    "words": lambda subject, kit: words.find(subject, kit.matcher),
    "repeats": lambda subject, _: repeats.find(subject),
    "flood": lambda subject, _: flood.find(subject),
    "personal": lambda subject, _: personal.find(subject),
    "first-comment": lambda subject, _: author.first_comment(subject),
    "history": lambda subject, _: author.history(subject),
    "account-age": lambda subject, _: author.account_age(subject),
    "noise": lambda subject, _: noise.find(subject),
    "language": lambda subject, _: language.find(subject),
    "contempt": lambda subject, _: contempt.find(subject),
    "risk": lambda subject, kit: risk.find(subject, kit.model),
}
QUIET = 60.0  # seconds in which a process says no more about a phase that breaks
UNCHECKED = "This check broke on our side. The text was not looked at by it."

log = structlog.get_logger()

_told: dict[str, float] = {}  # phase → from when on we say it again


def run(
    subject: Subject, kit: Kit, screening: Screening, given: Sequence[Verdict] = ()
) -> list[Verdict]:
    """Every verdict of every phase that is not off.

    given: what was found out already, such as by the publisher's own checker.
    """
    verdicts = [verdict for phase in LOOKS for verdict in one(phase, subject, kit, screening)]
    verdicts += given
    return verdicts + rules(subject, kit, screening, verdicts)


def one(phase: str, subject: Subject, kit: Kit, screening: Screening) -> list[Verdict]:
    """What one phase says; a phase that breaks is a verdict, not an exception."""
    mode = screening.mode(phase)
    if mode is PhaseMode.OFF or phase not in LOOKS:
        return []
    broken: list[Verdict] = []
    found: Sequence[Finding] = ()
    with Unbroken(phase, screening, broken):
        found = list(LOOKS[phase](subject, kit))
    return broken or [judged(phase, mode, finding, kit, screening) for finding in found]


def rules(
    subject: Subject, kit: Kit, screening: Screening, before: Sequence[Verdict]
) -> list[Verdict]:
    """The newsroom's own rules: after the phases, since they may ask what these found."""
    mode = screening.mode("rule")
    if mode is PhaseMode.OFF:
        return []
    verdicts: list[Verdict] = []
    with Unbroken("rule", screening, verdicts):
        verdicts += kit.rules.verdicts(subject, before, mode, kit.clauses)
    return verdicts


class Unbroken:
    """A checker's mistake is never the reader's: what breaks in here is one more of `broken`.

    The text itself is not for the log.
    """

    __slots__ = ("_broken", "_phase", "_screening")

    def __init__(self, phase: str, screening: Screening, broken: list[Verdict]) -> None:
        self._phase, self._screening, self._broken = phase, screening, broken

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        if not isinstance(error, Exception):
            return False
        _tell(self._phase, error)
        mode = self._screening.mode(self._phase)
        if mode is not PhaseMode.OFF:
            self._broken.append(unchecked(self._phase, mode, UNCHECKED))
        return True


def judged(
    phase: str, mode: PhaseMode, finding: Finding, kit: Kit, screening: Screening
) -> Verdict:
    """A finding held against the thresholds that count here."""
    bars = screening.bars.get(finding.checker) or kit.bars.get(finding.checker) or Bars()
    clause = finding.clause if finding.clause in kit.clauses else None
    return Verdict(
        phase=phase,
        checker=finding.checker,
        mode=mode,
        score=finding.score,
        would=_would(finding.score, bars) if clause else Would.NOTHING,
        clause=clause,
        report_at=bars.report_at,
        hold_at=bars.hold_at,
        spans=tuple(finding.spans),
        why=tuple(finding.why),
        version=finding.version,
    )


def _tell(phase: str, error: Exception) -> None:
    """Of what breaks with every comment, once in a while is enough."""
    now = time.monotonic()
    if now >= _told.get(phase, 0.0):
        _told[phase] = now + QUIET
        log.error("screening failed", phase=phase, exc_info=error)


def unchecked(phase: str, mode: PhaseMode, why: str) -> Verdict:
    return Verdict(phase, phase, mode, 0.0, why=(why,), is_checked=False)


def _would(score: float, bars: Bars) -> Would:
    if bars.hold_at is not None and score >= bars.hold_at:
        return Would.HOLD
    if bars.report_at is not None and score >= bars.report_at:
        return Would.REPORT
    return Would.NOTHING
