"""All phases over one text: none is left out, none stops another, and none can break it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.screening import kit, screen
from moderation.screening.kit import Kit
from moderation.screening.rulebook import language
from moderation.screening.rulebook.ruleset import Ready, RuleSet
from moderation.screening.settings import PHASES, Bars, Screening
from moderation.screening.subject import Alike, ArticleFacts, AuthorFacts, Subject
from moderation.screening.verdict import Finding, PhaseMode, Verdict, Would

# something for every phase
TEXT = (
    "YOU MORON, THE JURY IS BRIBED!!!!! Write to ann@example.org or see http://bit.ly/x "
    "http://a.example http://b.example, i d i o t"
)
AUTHOR = AuthorFacts(
    age_days=0.1,
    comments=0,
    decided=20,
    restricted=18,
    in_ten_minutes=30,
    network_in_ten_minutes=200,
)
ALIKE = [Alike(number, number, 1, 3.0, 1.0, is_exact=True) for number in range(1, 9)]


def subject(text: str = TEXT) -> Subject:
    return Subject(
        text,
        AUTHOR,
        ArticleFacts(slug="trial", contempt_terms=("bribed",)),
        alike=ALIKE,
        known_domains=frozenset(),
    )


def tools(expression: str = "comment.links > 2", *, bars: Mapping[str, Bars] | None = None) -> Kit:
    rule = Ready(
        "many", "3", "spam", PhaseMode.LIVE, hold=True, program=language.parsed(expression)
    )
    shipped = kit.shipped()
    return replace(shipped, rules=RuleSet((rule,)), bars={**shipped.bars, **(bars or {})})


def by_phase(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    return {phase: [v for v in verdicts if v.phase == phase] for phase in PHASES}


def test_every_phase_that_has_something_to_say_says_it() -> None:
    said = by_phase(screen.run(subject(), tools(), Screening()))
    silent = {phase for phase, verdicts in said.items() if not verdicts}
    # it is long enough, in English, and nobody asks the publisher here
    assert silent == {"length", "language", "remote"}
    assert by_phase(screen.run(subject("no"), tools(), Screening()))["length"]


def test_rules_may_ask_what_the_phases_before_them_found() -> None:
    asks = tools("verdicts.exists(v, v.phase == 'contempt' && v.would == 'hold')")
    (verdict,) = by_phase(screen.run(subject(), asks, Screening()))["rule"]
    assert (verdict.checker, verdict.version, verdict.would) == ("rule:many", "3", Would.HOLD)


def test_what_is_off_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def look(_subject: Subject, _kit: Kit) -> Iterator[Finding]:
        ran.append("contempt")
        yield Finding("contempt", 1.0)

    monkeypatch.setattr(screen, "LOOKS", {"contempt": look})
    off = Screening(modes=dict.fromkeys(PHASES, PhaseMode.OFF))
    assert screen.run(subject(), tools(), off) == []
    assert ran == []


def test_nothing_in_the_shadow_reports_or_holds() -> None:
    shadow = Screening(modes=dict.fromkeys(PHASES, PhaseMode.SHADOW))
    verdicts = screen.run(subject(), tools(), shadow)
    assert {verdict.mode for verdict in verdicts} == {PhaseMode.SHADOW}
    assert not any(verdict.reports or verdict.holds for verdict in verdicts)
    # and it is still known what each would have done
    live = screen.run(subject(), tools(), Screening())
    assert [verdict.would for verdict in verdicts] == [verdict.would for verdict in live]
    assert any(verdict.would is Would.HOLD for verdict in verdicts)


@pytest.mark.parametrize("phase", [*screen.LOOKS])
def test_a_phase_that_breaks_is_a_verdict_and_stops_no_other(
    phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_subject: Subject, _kit: Kit) -> Iterator[Finding]:
        yield Finding(phase, 1.0, clause="abuse")
        raise RuntimeError

    whole = by_phase(screen.run(subject(), tools(), Screening()))
    monkeypatch.setattr(screen, "LOOKS", {**screen.LOOKS, phase: broken})
    said = by_phase(screen.run(subject(), tools(), Screening()))
    (verdict,) = said.pop(phase)
    assert (verdict.is_checked, verdict.reports, verdict.holds) == (False, False, False)
    assert verdict.why == (screen.UNCHECKED,)
    del whole[phase]
    assert said == whole


def test_rules_that_break_are_a_verdict() -> None:
    class Broken(RuleSet):
        def verdicts(self, *_given: object) -> Iterator[Verdict]:
            raise RuntimeError

    verdicts = screen.run(subject(), replace(tools(), rules=Broken()), Screening())
    assert [v.is_checked for v in verdicts if v.phase == "rule"] == [False]
    assert all(v.is_checked for v in verdicts if v.phase != "rule")


def judged(score: float, bars: Bars, *, clause: str | None = "abuse", own: bool = False) -> Verdict:
    screening = Screening(bars={"risk:attack": bars} if own else {})
    return screen.judged(
        "risk",
        PhaseMode.LIVE,
        Finding("risk:attack", score, clause),
        tools(bars=None if own else {"risk:attack": bars}),
        screening,
    )


@pytest.mark.parametrize(
    ("score", "would"),
    [(0.29, Would.NOTHING), (0.3, Would.REPORT), (0.79, Would.REPORT), (0.8, Would.HOLD)],
)
def test_a_threshold_is_reached_by_its_own_number(score: float, would: Would) -> None:
    verdict = judged(score, Bars(0.3, 0.8))
    assert (verdict.would, verdict.report_at, verdict.hold_at) == (would, 0.3, 0.8)


def test_a_site_puts_its_own_thresholds_before_the_shipped_ones() -> None:
    assert judged(0.1, Bars(0.05, None), own=True).would is Would.REPORT
    assert judged(1.0, Bars(), own=True).would is Would.NOTHING


def test_a_checker_that_may_only_hold_does_not_report_below() -> None:
    assert judged(0.7, Bars(None, 0.8)).would is Would.NOTHING
    assert judged(0.8, Bars(None, 0.8)).would is Would.HOLD


@pytest.mark.parametrize("clause", [None, "of-no-policy"])
def test_what_names_no_clause_of_the_policy_is_a_signal(clause: str | None) -> None:
    verdict = judged(1.0, Bars(0.1, 0.1), clause=clause)
    assert (verdict.clause, verdict.would) == (None, Would.NOTHING)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_whatever_is_typed_every_phase_can_look_and_marks_what_is_there(text: str) -> None:
    for verdict in screen.run(subject(text), TOOLS, Screening()):
        assert verdict.is_checked
        assert 0.0 <= verdict.score <= 1.0
        assert all(0 <= span.start <= span.end <= len(text) for span in verdict.spans)


TOOLS = tools()
