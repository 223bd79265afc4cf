"""Comments that never were, for trying an expression before it is saved."""

from collections.abc import Iterator, Mapping
from itertools import product

from moderation.screening.rulebook.context import FACTS, Type
from moderation.screening.rulebook.facts import MOST_DOMAINS, MOST_VERDICTS, Known, Said
from moderation.screening.subject import ArticleFacts, AuthorFacts, Subject

REGULAR = AuthorFacts(age_days=800.5, comments=400, decided=20, restricted=1)
NEWCOMER = AuthorFacts(age_days=0.05, in_ten_minutes=3, network_in_ten_minutes=9)
ARTICLE = ArticleFacts(slug="harbour-tram", age_days=1.5, comments=73)

_EMPTY: Mapping[Type, object] = {
    Type.TEXT: "",
    Type.WHOLE: 0,
    Type.DECIMAL: 0.0,
    Type.YES_NO: False,
    Type.TEXTS: [],
    Type.VERDICTS: [],
}
_VERDICTS = [
    {
        "phase": "words",
        "checker": f"words:{number}",
        "clause": "abuse" if number % 2 else "",
        "score": 1.0 - number / MOST_VERDICTS,
        "would": ("nothing", "report", "hold")[number % 3],
    }
    for number in range(MOST_VERDICTS)
]
_FULL: Mapping[Type, object] = {
    Type.TEXT: "WRITE to me at http://example.org, it is FREE!",
    Type.WHOLE: 1000,
    Type.DECIMAL: 0.95,
    Type.YES_NO: True,
    Type.TEXTS: ["example.org"] * MOST_DOMAINS,
    Type.VERDICTS: _VERDICTS,
}


def values() -> Iterator[tuple[str, Mapping[str, object], float]]:
    """(what it is like, a value for every name, the score of every flag).

    Every mixture of little and much with yes and no, so that each side of && and || is tried.
    """
    for much, yes in product((False, True), repeat=2):
        base = {fact.name: (_FULL if much else _EMPTY)[fact.type] for fact in FACTS}
        base |= {fact.name: yes for fact in FACTS if fact.type is Type.YES_NO}
        yield _like(much=much), base, 1.0 if much else 0.0


def _like(*, much: bool) -> str:
    return "everything is large" if much else "everything is empty or 0"


def hostile() -> Iterator[Known]:
    """The longest comments, made to be slow, with as many verdicts as there can be."""
    said = tuple(Said(**verdict) for verdict in _VERDICTS)  # type: ignore[arg-type]
    for text in (
        "x" * 5000,
        "\N{GRINNING FACE}" * 5000,
        ("aé1 B" * 1000)[:5000],
        ("http://a.b/ " * 500)[:5000],
        "a@" * 2500,
    ):
        yield Known(Subject(text, NEWCOMER, ARTICLE), said)
