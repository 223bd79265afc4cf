"""Anything typed as a rule is understood or refused with a sentence; nothing else happens."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.screening.rulebook import checking, engine, language
from moderation.screening.rulebook.context import FACTS, gather
from moderation.screening.rulebook.facts import Known
from moderation.screening.rulebook.outline import MOST_STEPS
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.subject import Subject

PIECES = """
    v w v.score v.clause flags['x'] ( ) [ ] , . && || ! == != < > <= >= + - * / % ? : in true false
    null 'a' 'é😀' r'x+' 0 1 2.5 99999999999999999999 -9223372036854775808 1u 1e308 .5 .exists(
    .all( .filter( .map( .exists_one( size( has( int( double( string( .contains( .matches(
    .startsWith( v, w, verdicts.exists(v, '\\x41' '\\U0010FFFF' // { " ' ` @ = & |
"""
LEAVES = """
    comment.links comment.text comment.capitals author.is_first risk.attack flags['a'] 0 -1 2.5
    9223372036854775807 -9223372036854775808 'a' true int('x') double(comment.links)
    18446744073709551615u
"""
SIGNS = "+ - * / % == != < > <= >= && || in"
WORDS = [*(fact.name for fact in FACTS), "\n", *PIECES.split()]


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(SIGNS.split())
    loops = st.sampled_from(["exists", "all", "filter", "map", "exists_one"])
    return st.one_of(
        st.tuples(inner, signs, inner).map(lambda parts: "({} {} {})".format(*parts)),
        st.tuples(inner, inner, inner).map(lambda parts: "({} ? {} : {})".format(*parts)),
        st.tuples(st.sampled_from("!-"), inner).map("".join),
        st.tuples(loops, inner).map(lambda p: f"verdicts.{p[0]}(v, v.score > 0.5 && {p[1]})"),
        st.lists(inner, max_size=3).map(lambda several: f"[{', '.join(several)}]"),
    )


ANYTHING = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.recursive(st.sampled_from(LEAVES.split()), _more, max_leaves=12),
)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refused(expression: str) -> BadRule | None:
    """Why `checked` refuses it; None if it takes it, and then it can be asked."""
    try:
        program = checking.checked(expression)
    except BadRule as error:
        return error
    assert program.steps <= MOST_STEPS
    variables = gather(Known(Subject("Some text.")), program.names, program.flags)
    over = engine.context(variables, language.functions([program]))
    with contextlib.suppress(engine.EvaluationFailed):
        engine.execute(program.parsed, over)
    return None


@QUIET
@given(ANYTHING)
def test_understood_or_refused_with_a_sentence(expression: str) -> None:
    error = refused(expression)
    if error is not None:
        assert error.why[0].isupper() or error.why[0] in "“'"
        assert "".join(error.parts) == error.expression
        assert error.place is None or 0 <= error.place.start <= error.place.end <= len(expression)


@QUIET
@given(ANYTHING)
def test_the_library_itself_survives(expression: str) -> None:
    """Without our checks before it: they are not all that stands between a rule and a crash."""
    with contextlib.suppress(BadRule, engine.EvaluationFailed):
        program = engine.compiled(expression)
        engine.execute(program, engine.context({"v": 1, "comment": {"links": 1}}, {}))


@pytest.mark.parametrize("opens", ["(", "[", "{1:", "f(", "verdicts.all(x,", "-(", "!["])
@pytest.mark.parametrize("deep", [20, 300])
def test_brackets_are_counted_before_the_parser_reads(
    opens: str, deep: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no parser's stack overflows."""
    monkeypatch.setattr(engine, "compiled", lambda _: pytest.fail("the parser was asked"))
    assert refused(opens * deep + "comment.links > 1")


@pytest.mark.parametrize("again", ["-", "!", "true?1:", ".b", "[0]", "1+", "1<", "(", "é"])
def test_however_long(again: str) -> None:
    assert refused(again * 100_000 + "comment.links > 1")
    refused(again * (900 // len(again)) + "comment.links > 1")


@QUIET
@given(st.text(max_size=60))
def test_any_pattern(pattern: str) -> None:
    written = pattern.translate({ord(sign): None for sign in "'\r\n"})
    error = refused(f"comment.text.matches(r'{written}')")
    assert error is None or error.sentence


@QUIET
@given(st.text(), st.text(max_size=30))
def test_any_comment(text: str, slug: str) -> None:
    """Half a surrogate pair, characters nobody sees: every fact is found for every text."""
    known = Known(Subject(text.encode("utf-8", "replace").decode("utf-8")))
    found = gather(known, [fact.name for fact in FACTS], [slug])
    assert found["comment"]["length"] == len(known.text)
    engine.context(found, {})
