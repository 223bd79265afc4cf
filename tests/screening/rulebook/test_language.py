"""The rules' language: what is understood, what is refused and where; and nothing breaks it."""

import subprocess
import sys
from typing import Any

import pytest

from moderation.screening.rulebook import calls, checking, engine, language, outline, patterns
from moderation.screening.rulebook.checking import checked
from moderation.screening.rulebook.context import FACTS, Type
from moderation.screening.rulebook.examples import EXAMPLES
from moderation.screening.rulebook.refusal import BadRule

UNDERSTOOD = (
    "comment.links > 3",
    "comment.text.matches(r'(?i)free +money')",
    'comment.text.matches("\\\\bfree\\\\b")',
    "verdicts.exists(v, v.score > 0.5 && v.clause in ['abuse', 'hatred'])",
    "size(verdicts.filter(v, v.phase == 'words')) >= 2",
    "verdicts.filter(v, v.score > 0.1).exists(v, v.would == 'hold')",
    "flags['words:abuse'] > 0.0 || risk.attack > 0.8",
    "author.is_first && comment.links > 0 // newcomers with links\n",
    "['free', 'cheap'].exists(w, comment.normal.contains(w))",
    "'abuse' in verdicts.map(v, v.clause)",
    "verdicts.exists(v, verdicts.exists(w, v.clause == w.clause && v.phase != w.phase))",
    "comment.words > 0 && comment.links / comment.words > 0",
    "'example.org' in comment.domains",
    "(comment.is_reply ? 1 : 2) > comment.links",
    "comment.text == 'naïve 😀'",
)


@pytest.mark.parametrize("expression", UNDERSTOOD)
def test_understood(expression: str) -> None:
    assert checked(expression).steps <= outline.MOST_STEPS


@pytest.mark.parametrize(("title", "expression"), EXAMPLES)
def test_the_examples_on_the_page_work(title: str, expression: str) -> None:
    assert title
    assert checked(expression).steps > 0


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_every_name_on_the_page_works(fact: Any) -> None:
    ask = {
        Type.TEXT: "{} != 'x'",
        Type.WHOLE: "{} > 1",
        Type.DECIMAL: "{} > 0.5",
        Type.YES_NO: "{}",
        Type.TEXTS: "size({}) > 1",
        Type.VERDICTS: "size({}) > 1",
    }[fact.type]
    assert checked(ask.format(fact.name)).names == {fact.name}


@pytest.mark.parametrize(
    ("expression", "line", "column", "here", "says"),
    [
        ("comment.lenght > 3", 1, 9, "lenght", "Did you mean comment.length?"),
        ("length > 3", 1, 1, "length", "Did you mean comment.length?"),
        ("comment\n  .txt == 'x'", 2, 4, "txt", "no “comment.txt”"),
        ("comment > 3", 1, 1, "comment", "alone says nothing"),
        ("comment.links >", 1, 16, "", "ends too early"),
        ("comment.links 3", 1, 15, "3", "does not fit"),
        ("comment.links = 3", 1, 15, "=", "Write =="),
        ("comment.links > 3 and author.is_first", 1, 19, "and", "Write &&"),
        ("comment.text == “x”", 1, 17, "“", "straight quotes"),
        ("comment.text == 'x", 1, 17, "'", "closing ' is missing"),
        ("'😀' == comment.text +", 1, 22, "", "ends too early"),
        ("(comment.links > 3", 1, 1, "(", "never closed"),
        ("comment.links > 3)", 1, 18, ")", "closes nothing"),
        ("comment.links > 99999999999999999999", 1, 17, "9" * 20, "too large"),
        ("comment.text.matches('(')", 1, 22, "'('", "cannot be read"),
        ("comment.text.matches('a' + 'b')", 1, 14, "matches", "pattern as a text"),
        (r"comment.text.matches(r'\p{L}{90}')", 1, 22, r"r'\p{L}{90}'", "repeats too much"),
        ("comment.text.foo()", 1, 14, "foo", "no “foo( )”"),
        ("timestamp('2030-01-01T00:00:00Z') == 1", 1, 1, "timestamp", "no “timestamp( )”"),
        ("size(comment.text) > 3", 1, 6, "comment.text", "comment.length"),
        ("verdicts.exists(v, v.scor > 1.0)", 1, 22, "scor", "It has phase"),
        ("verdicts.exists(v, v == v)", 1, 20, "v", "ask what it has"),
        ("verdicts.exists(comment, true)", 1, 17, "comment", "use a letter"),
        ("verdicts == verdicts", 1, 1, "verdicts", "is a list"),
        ("[comment.text].exists(c, true)", 1, 16, "exists", "asks a list"),
        ("comment.text.all(c, true)", 1, 14, "all", "asks a list"),
        ("'x' in flags", 1, 8, "flags", "one check"),
        ("flags['a' + 'b'] > 0.0", 1, 1, "flags", "one check"),
        ("{'a': comment.links}.a == 1", 1, 1, "{", "Curly brackets"),
        ("b'x' == comment.text", 1, 1, "b'", "quotes"),
    ],
)
def test_refused_with_the_place(
    expression: str, line: int, column: int, here: str, says: str
) -> None:
    with pytest.raises(BadRule) as refused:
        checked(expression)
    error = refused.value
    assert says in error.sentence
    assert (error.line, error.column, error.parts[1]) == (line, column, here)
    assert "".join(error.parts) == expression


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("", "Write what the rule asks"),
        ("// nothing", "Write what the rule asks"),
        ("1 < 2", "asks nothing of the comment"),
        ("1/0 > 1 || true", "asks nothing of the comment"),
        ("comment.length", "This one gives a number"),
        ("comment.text", "This one gives a text"),
        ("comment.links / comment.words > 0", "divides by zero"),
        ("comment.is_reply && comment.text > 3", "do not go together"),
        ("comment.capitals + 1 > 1.0", "do not go together"),
        ("comment.links + 9223372036854775807 > 0", "too large"),
        (f"comment.text == '{'x' * 1000}'", "at most 1,000 characters"),
        ("comment.text == " + "+".join(["'a'"] * 30), "at most 20 additions"),
        ("comment.links == " + "-" * 14 + "(" * 13 + "1" + ")" * 13, "at most 12 deep"),
    ],
)
def test_refused_as_a_whole(expression: str, says: str) -> None:
    with pytest.raises(BadRule, match=says):
        checked(expression)


def test_a_mistake_that_a_short_cut_hides_is_found() -> None:
    """`true || nonsense` is true in this language, and so is `nonsense || true`."""
    for expression in ("comment.links >= 0 || comment.lnks > 1", "comment.lnks > 1 || true"):
        with pytest.raises(BadRule, match=r"no “comment\.lnks”"):
            checked(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "verdicts.exists(v, verdicts.exists(w, verdicts.exists(x, x.score > v.score)))",
        " || ".join(["verdicts.exists(v, v.score > 0.9)"] * 7),
        "verdicts.all(v, verdicts.all(w, verdicts.filter(x, x.score > 0.1).size() > 1))",
        "verdicts.all(v, size(verdicts.filter(w, w.score > v.score)) > 1)",
        "size(verdicts.map(v, verdicts.map(w, w.score))) > 1",
        "size(verdicts.map(v, comment.text + comment.text)) > 1",
        "verdicts.all(v, !comment.text.matches(r'(x?){30}y'))",
        "verdicts.all(v, verdicts.all(w, !comment.text.contains('a')))",
        f"[{','.join('1' * 31)}].all(v, [{','.join('1' * 31)}].all(w, comment.links > v * w))",
        " || ".join(["comment.text.matches('a')"] * 6),
        "verdicts.map(v, verdicts) == verdicts.map(v, verdicts)",
        f"comment.text.matches('{'a?' * 101}')",
    ],
)
def test_what_costs_too_much_is_refused(expression: str) -> None:
    assert len(expression) <= outline.LONGEST
    with pytest.raises(BadRule):
        checked(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "verdicts.all(v, verdicts.all(w, v.clause != w.clause || v.phase != w.phase || true))",
        "size(verdicts.filter(v, v.score > 0.0)) + size(verdicts.filter(v, v.score > 0.0)) > 9",
        "verdicts.all(v, " + " && ".join([f"!comment.text.contains('{'x' * 40}y')"] * 8) + ")",
        " || ".join(f"comment.text.matches(r'[a-q][^u-z]{{50}}x{n}')" for n in range(5)),
        f"({'+'.join(['comment.text'] * 10)}).matches(r'(x?){{30}}y')",
        "size(verdicts.map(v, comment.text)) > 0",
    ],
)
def test_the_costliest_that_is_taken_stays_within_milliseconds(expression: str) -> None:
    """`checked` itself measures it over the longest hostile comments."""
    assert checked(expression).steps > outline.MOST_STEPS / 5


def test_a_slow_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "SLOWEST", -1.0)
    with pytest.raises(BadRule, match="too slow"):
        checked("comment.links > 3")


def test_a_panic_in_the_library_is_an_ordinary_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """What arrives when Rust panics."""

    class Panics:
        def compile(self, _expression: str) -> object:
            raise PanicException("index out of bounds")

        def execute(self, _context: object) -> object:
            raise PanicException("index out of bounds")

    with pytest.raises(engine.EvaluationFailed):
        engine.execute(Panics(), engine.context({}, {}))  # type: ignore[arg-type]
    monkeypatch.setattr(engine, "_library", Panics)
    with pytest.raises(BadRule):
        engine.compiled("comment.links > 3")


def test_other_exceptions_that_end_a_process_are_let_through() -> None:
    class Stops:
        def execute(self, _context: object) -> object:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.execute(Stops(), engine.context({}, {}))  # type: ignore[arg-type]


def test_an_expression_cannot_pose_as_the_parsers_report() -> None:
    expression = "comment.text == 'ERROR: <input>:9:9: Syntax error' +"
    with pytest.raises(BadRule) as refused:
        checked(expression)
    assert refused.value.column == len(expression) + 1


def test_patterns_are_those_written_and_no_others() -> None:
    program = language.parsed(r"comment.text.matches(r'a+b') && comment.normal.matches('c\\d')")
    assert set(program.patterns) == {"a+b", r"c\d"}
    assert "matches" not in program.source
    find = patterns.Finder(program.patterns)
    assert find("xaab", "a+b")
    assert not find("xaa", "a+b")
    assert not find(3, "a+b")


def test_functions_listed_are_all_that_there_are() -> None:
    """What the library can do besides is not for rules."""
    for call in ("duration('1h')", "timestamp('x')", "type(comment)", "dyn(1)", "bytes('a')"):
        with pytest.raises(BadRule, match=r"no “\w+\( \)”"):
            checked(f"{call} == comment.links")
    assert {"size", "has"} <= calls.FUNCTIONS


def test_the_librarys_command_line_stays_outside() -> None:
    """It would bring 30 MB; and a site without rules loads nothing at all."""
    program = (
        "import sys\n"
        "from moderation.screening.rulebook.ruleset import RuleSet\n"
        "from moderation.screening.rulebook import language\n"
        "RuleSet.build([])\n"
        "assert 'cel' not in sys.modules and 'cel.cel' not in sys.modules\n"
        "language.parsed('comment.links > 3')\n"
        "assert 'cel.cel' in sys.modules\n"
        "assert not {'typer', 'prompt_toolkit', 'cel.cli'} & sys.modules.keys()\n"
    )
    subprocess.run((sys.executable, "-c", program), check=True, timeout=60)
