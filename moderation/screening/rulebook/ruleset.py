"""All rules of a site, compiled into one program and asked together."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from moderation.screening.rulebook import engine, facts, language
from moderation.screening.rulebook.context import gather
from moderation.screening.rulebook.engine import EvaluationFailed
from moderation.screening.rulebook.facts import Known
from moderation.screening.rulebook.language import Program
from moderation.screening.rulebook.models import Rule
from moderation.screening.rulebook.patterns import Finder
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding, PhaseMode, Verdict, Would

if TYPE_CHECKING:
    from cel import Context
    from cel import Program as Parsed

PHASE = "rule"
UNCHECKED = "The rule “{name}” could not be worked out for this comment: {why}."

log = structlog.get_logger()


@dataclass(frozen=True)
class Ready:
    """One rule. program None: it was saved once and is not understood any more."""

    name: str
    version: str
    clause: str
    mode: PhaseMode
    hold: bool
    program: Program | None

    @property
    def checker(self) -> str:
        return f"{PHASE}:{self.name}"

    @property
    def would(self) -> Would:
        return Would.HOLD if self.hold else Would.REPORT


@dataclass(frozen=True)
class Answer:
    """says: None if it failed, then `failure` says why."""

    rule: Ready
    says: bool | None
    failure: str = ""


@dataclass(frozen=True)
class RuleSet:
    """The rules that are not off, in the order of their names."""

    rules: Sequence[Ready] = ()

    @classmethod
    def build(cls, rows: Iterable[Rule]) -> "RuleSet":
        """Compiled: some milliseconds a rule. The rows are not kept."""
        wanted = [row for row in rows if row.mode is not PhaseMode.OFF]
        return cls(tuple(_ready(row) for row in sorted(wanted, key=lambda row: row.name)))

    def __len__(self) -> int:
        return len(self.rules)

    def answers(self, known: Known) -> Iterator[Answer]:
        """What every rule says: in one evaluation, or one each if that fails."""
        yield from (_broken(rule) for rule in self.rules if rule.program is None)
        if not self._sound:
            return
        try:
            over = self._context(known)
        except EvaluationFailed as error:
            yield from (Answer(rule, says=None, failure=str(error)) for rule in self._sound)
            return
        says = self._all_at_once(over)
        if says is not None:
            yield from (both[yes] for both, yes in zip(self._both, says, strict=True))
            return
        yield from (_alone(rule, over) for rule in self._sound)

    def find(self, subject: Subject, before: Iterable[Verdict] = ()) -> Iterator[Finding]:
        """A finding for every rule that says yes. before: what the other phases said."""
        for answer in self.answers(Known(subject, facts.said(before))):
            if answer.says:
                yield _finding(answer.rule)

    def verdicts(
        self,
        subject: Subject,
        before: Iterable[Verdict],
        mode: PhaseMode,
        clauses: Collection[str],
    ) -> Iterator[Verdict]:
        """What the rules say, each in its own mode, none above `mode`; failures too.

        clauses: the codes of the policy in force; a rule under another one is a signal.
        """
        for answer in self.answers(Known(subject, facts.said(before))):
            if answer.says is not False:
                yield _verdict(answer, mode, clauses)

    @cached_property
    def _sound(self) -> list[Ready]:
        return [rule for rule in self.rules if rule.program is not None]

    @cached_property
    def _programs(self) -> list[Program]:
        return [rule.program for rule in self.rules if rule.program is not None]

    @cached_property
    def _both(self) -> list[tuple[Answer, Answer]]:
        """No and yes of each: most answers are no, to every comment."""
        return [(Answer(rule, says=False), Answer(rule, says=True)) for rule in self._sound]

    @cached_property
    def _asked(self) -> tuple[frozenset[str], frozenset[str]]:
        """All names and all flags."""
        programs = self._programs
        return (
            frozenset().union(*(program.names for program in programs)),
            frozenset().union(*(program.flags for program in programs)),
        )

    @cached_property
    def _functions(self) -> dict[str, Finder]:
        return language.functions(self._programs)

    @cached_property
    def _together(self) -> "Parsed | None":
        try:
            return language.together(self._programs)
        except BadRule:  # each alone was understood
            log.exception("rules do not go together")
            return None

    def _context(self, known: Known) -> "Context":
        names, flags = self._asked
        return engine.context(gather(known, names, flags), self._functions)

    def _all_at_once(self, over: "Context") -> list[bool] | None:
        if self._together is None:
            return None
        try:
            found = engine.execute(self._together, over)
        except EvaluationFailed:
            return None
        if not isinstance(found, list) or len(found) != len(self._sound):
            return None
        return found if set(map(type, found)) <= {bool} else None


def _ready(row: Rule) -> Ready:
    program = None
    try:
        program = language.parsed(row.expression)
    except BadRule as error:
        log.warning("rule not understood", rule=row.name, version=row.version, why=error.why)
    return Ready(row.name, str(row.version), row.clause_code, row.mode, row.hold, program)


def _broken(rule: Ready) -> Answer:
    return Answer(rule, says=None, failure="it is not understood any more; save it anew")


def _alone(rule: Ready, over: "Context") -> Answer:
    if rule.program is None:
        return _broken(rule)
    try:
        says = engine.execute(rule.program.parsed, over)
    except EvaluationFailed as error:
        return Answer(rule, says=None, failure=str(error))
    if not isinstance(says, bool):
        return Answer(rule, says=None, failure="it answered neither yes nor no")
    return Answer(rule, says=says)


def _finding(rule: Ready) -> Finding:
    return Finding(rule.checker, 1.0, rule.clause, why=(_why(rule),), version=rule.version)


def _why(rule: Ready) -> str:
    return f"The newsroom’s rule “{rule.name}” says so."


def _verdict(answer: Answer, mode: PhaseMode, clauses: Collection[str]) -> Verdict:
    rule = answer.rule
    lesser = PhaseMode.LIVE if mode is rule.mode is PhaseMode.LIVE else PhaseMode.SHADOW
    if answer.says is None:
        why = UNCHECKED.format(name=rule.name, why=answer.failure)
        return Verdict(
            PHASE, rule.checker, lesser, 0.0, why=(why,), version=rule.version, is_checked=False
        )
    clause = rule.clause if rule.clause in clauses else None
    return Verdict(
        phase=PHASE,
        checker=rule.checker,
        mode=lesser,
        score=1.0,
        would=rule.would if clause else Would.NOTHING,
        clause=clause,
        report_at=1.0,
        hold_at=1.0 if rule.hold else None,
        why=(_why(rule),),
        version=rule.version,
    )
