"""Anything typed as a rule is understood or refused with a sentence; nothing else happens."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.screening.rulebook import checking, engine, language
from moderation.screening.rulebook.context import FACTS, gather
from moderation.screening.rulebook.facts import Known
from moderation.screening.rulebook.outline import MOST_STEPS
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.subject import Subject

WORDS = [fact.name for fact in FACTS] + (
    "v w v.score v.clause flags['x'] ( ) [ ] , . && || ! == != < > <= >= + - * / % ? : in true "
    "false null 'a' 'é😀' r'x+' 0 1 2.5 99999999999999999999 -9223372036854775808 1u 1e308 .5 "
    ".exists( .all( .filter( .map( .exists_one( size( has( int( double( string( .contains( "
    ".matches( .startsWith( v, w, verdicts.exists(v, '\\x41' '\\U0010FFFF' // \n { \" ' ` @ = & |"
).split(" ")
VALUES = st.sampled_from(
    "comment.links comment.text comment.capitals author.is_first risk.attack flags['a'] 0 -1 2.5 "
    "9223372036854775807 -9223372036854775808 'a' true int('x') double(comment.links) "
    "18446744073709551615u".split()
)


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from("+ - * / % == != < > <= >= && || in".split())
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
    st.recursive(VALUES, _more, max_leaves=12),
)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(ANYTHING)
def test_understood_or_refused(expression: str) -> None:
    try:
        program = checking.checked(expression)
    except BadRule as error:
        assert error.sentence.endswith((".", ")", "3", "?", "…"))
        assert "".join(error.parts) == (error.expression or "")
        assert error.line >= 1
        assert error.column >= 1
        return
    assert program.steps <= MOST_STEPS
    variables = gather(Known(Subject("Some text.")), program.names, program.flags)
    over = engine.context(variables, language.functions([program]))
    try:
        engine.execute(program.parsed, over)
    except engine.EvaluationFailed as error:
        assert str(error)


@QUIET
@given(ANYTHING)
def test_the_library_itself_survives(expression: str) -> None:
    """Without our checks before it: they are not all that stands between a rule and a crash."""
    try:
        program = engine.compiled(expression)
        engine.execute(program, engine.context({"v": 1, "comment": {"links": 1}}, {}))
    except (BadRule, engine.EvaluationFailed) as error:
        assert str(error)


@pytest.mark.parametrize(
    "opens", ["(", "[", "-", "!", "{1:", "true?1:", "f(", "[1].all(x,", "a.b", "a[0]", "1+"]
)
@pytest.mark.parametrize("deep", [30, 1000, 100_000])
def test_however_deep(opens: str, deep: int) -> None:
    """No stack overflows, since the length and the brackets are counted before the parser reads."""
    with pytest.raises(BadRule):
        checking.checked(opens * deep + "comment.links > 1")


@QUIET
@given(st.text(max_size=60))
def test_any_pattern(pattern: str) -> None:
    written = "r'" + pattern.replace("'", "").replace("\n", "").replace("\r", "") + "'"
    try:
        checking.checked(f"comment.text.matches({written})")
    except BadRule as error:
        assert error.sentence


@QUIET
@given(st.text(), st.text(max_size=30))
def test_any_comment(text: str, slug: str) -> None:
    """Half a surrogate pair, characters nobody sees: every fact is found for every text."""
    known = Known(Subject(text.encode("utf-8", "replace").decode("utf-8")))
    found = gather(known, [fact.name for fact in FACTS], [slug])
    assert found["comment"]["length"] == len(known.text)
    engine.context(found, {})
