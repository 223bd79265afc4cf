"""The library that parses and evaluates CEL, held so that nothing it does ends the process."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moderation.screening.rulebook.refusal import BadRule, Place

if TYPE_CHECKING:
    from cel import Context, Program

_EXTENSION = "cel.cel"
_PLACE = re.compile(r"^ERROR: <input>:(\d+):(\d+): (.*)$", re.MULTILINE)
_AT = re.compile(r"(?:input|at:?) '(.*?)'(?: expecting|$)")


class EvaluationFailed(Exception):
    """What an evaluation broke on, in words for the person who wrote the rule."""


@cache
def _library() -> Any:
    """The compiled half of the library alone: 4 MB.

    The package around it brings its own command line, and 30 MB with that.
    """
    if _EXTENSION in sys.modules:
        return sys.modules[_EXTENSION]
    spec = PathFinder.find_spec("cel")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for suffix in EXTENSION_SUFFIXES:
            file = Path(folder) / f"cel{suffix}"
            if file.exists():
                return _loaded(file)
    return importlib.import_module("cel")


def _loaded(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(_EXTENSION, file)
    if spec is None or spec.loader is None:
        return importlib.import_module("cel")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[_EXTENSION] = module
    return module


def compiled(expression: str) -> "Program":
    """BadRule says where it does not parse."""
    try:
        with _no_panic():
            program: Program = _library().compile(expression)
    except (ValueError, EvaluationFailed) as error:
        raise _bad(expression, str(error)) from None
    return program


def context(
    variables: Mapping[str, Any], functions: Mapping[str, Callable[..., object]]
) -> "Context":
    """What expressions are evaluated over. EvaluationFailed if a value cannot be handed over."""
    try:
        with _no_panic():
            made: Context = _library().Context(dict(variables), dict(functions))
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise EvaluationFailed(f"What is known could not be handed over: {error}") from None
    return made


def execute(program: "Program", over: "Context") -> object:
    """The value. EvaluationFailed whatever goes wrong."""
    try:
        with _no_panic():
            value: object = program.execute(over)
    except EvaluationFailed:
        raise
    except Exception as error:
        raise EvaluationFailed(_in_words(error)) from None
    return value


@contextmanager
def _no_panic() -> Iterator[None]:
    """A panic in Rust arrives as an exception that `except Exception` does not see."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise EvaluationFailed("The library broke on this rule.") from None


def _bad(expression: str, report: str) -> BadRule:
    """The parser's complaint in plain words, at its place."""
    # the report begins with the expression, which may say anything
    report = report.removeprefix(f"Failed to parse expression '{expression}': ")
    complaints = [(int(m[1]), int(m[2]), m[3]) for m in _PLACE.finditer(report)]
    complaints.sort(key=lambda complaint: not complaint[2].startswith("Syntax error"))
    if not complaints:
        return BadRule("This rule cannot be understood.", expression, Place(0, len(expression)))
    line, column, words = complaints[0]
    found = _AT.search(words)
    what = found[1] if found else ""
    starts = [0, *(m.end() for m in re.finditer("\n", expression))]
    start = min(starts[min(line, len(starts)) - 1] + column - 1, len(expression))
    whole = re.compile(r"\w*").match(expression, start)
    length = len(what) if expression.startswith(what, start) else 0
    end = start + max(1, length, len(whole[0]) if whole else 0)
    return BadRule(_complaint(words, what), expression, Place(start, min(end, len(expression))))


def _complaint(words: str, what: str) -> str:
    if what == "<EOF>":
        missing = re.search(r"missing '(.*?)' at", words)
        return (
            f"“{missing[1]}” is missing at the end."
            if missing
            else "The rule ends too early: something is missing here."
        )
    if "literal" in words:
        return "This number or text cannot be read: it is too large, or has a wrong escape."
    if words.startswith("reserved identifier"):
        return "This word is reserved and means nothing here."
    if "argument" in words:
        return "Write a simple name here, as in verdicts.exists(v, v.score > 0.5)."
    return f"“{what}” does not fit here." if what else "This cannot be understood from here on."


def _in_words(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "this rule divides by zero"
    if isinstance(error, OverflowError):
        return "a number becomes too large"
    if isinstance(error, IndexError):
        return "a list asked here has no entry at that number"
    if isinstance(error, KeyError):
        return "there is no such fact"
    if isinstance(error, TypeError):
        return (
            "two things in this rule do not go together (compare numbers with numbers and texts "
            "with texts, and reckon with whole numbers or with decimals, not both)"
        )
    return "a part of this rule cannot be worked out"
