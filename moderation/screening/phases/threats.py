"""Threats: who says that somebody will, should or deserves to be hurt. Shapes of sentences.

A threat is rare, so a model has few to learn from; but it is said in few ways. `threats.toml` has
them.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import islice

from moderation.screening.phases.patterns import Pattern, compiled, encodable
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding

CHECKER, CLAUSE = "risk:threat", "threats"
# reported from "deserves to be shot" on; asked for a first look from "I will shoot you" on
DEFAULT_BARS: Mapping[str, tuple[float | None, float | None]] = {CHECKER: (0.5, 0.85)}
DIRECT, WISHED = 0.9, 0.6
MOST = 10  # places

_KINDS = (
    ("direct", DIRECT, "Rule: says that somebody will be hurt: {}."),
    ("wished", WISHED, "Rule: wants somebody hurt: {}."),
)


def find(subject: Subject) -> Iterator[Finding]:
    """One finding, as sure as the plainest of its places; none is a finding of 0."""
    text = encodable(subject.normal.text).replace("’", "'")
    score, spans, why = 0.0, [], []
    is_none = _any().search(text) is None
    for kind, sure, sentence in () if is_none else _KINDS:
        found = [match.span() for match in islice(_shapes()[kind].finditer(text), MOST)]
        if found:
            score = max(score, sure)
            spans += [subject.normal.span(start, end) for start, end in found]
            said = ", ".join(f"“{_tidy(text[start:end])}”" for start, end in found[:3])
            why.append(sentence.format(said))
    yield Finding(CHECKER, score, CLAUSE, spans, why)


@cache
def _any() -> Pattern:
    """All shapes of all kinds: nearly every text has none, and is looked through once."""
    return compiled("|".join(_written().values()))


@cache
def _shapes() -> Mapping[str, Pattern]:
    return {kind: compiled(shapes) for kind, shapes in _written().items()}


@cache
def _written() -> Mapping[str, str]:
    """Kind → all of its shapes as one pattern."""
    read = tomllib.loads(resources.files(__package__).joinpath("threats.toml").read_text("utf-8"))
    pieces = {name: f"(?:{words.replace(chr(10), '')})" for name, words in read["words"].items()}
    for name, piece in read["pieces"].items():
        pieces[name] = _filled(piece, pieces)
    return {
        kind: "|".join(f"(?:{_filled(shape, pieces)})" for shape in shapes)
        for kind, shapes in read["shapes"].items()
    }


def _filled(shape: str, pieces: Mapping[str, str]) -> str:
    whole = re.sub(r"<(\w+)>", lambda name: pieces[name[1]], shape)
    return whole.replace(" ", r"\s+")


def _tidy(words: str) -> str:
    return " ".join(words.strip('.!?;:,-"“( \n').split())
