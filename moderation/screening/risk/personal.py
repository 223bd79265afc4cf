"""How much personal data is found, and how much of what is found is some: on annotated texts."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.screening.budget.interval import wilson
from moderation.screening.phases import personal
from moderation.screening.verdict import Span

# the annotation's kinds → ours. What has no shape (names, places, organisations) is not counted,
# nor is a date or a web address that says nothing about anybody
COUNTED: Mapping[str, str] = {
    "ADDRESS": "address",
    "CREDIT_CARD": "card",
    "EMAIL_ADDRESS": "email",
    "IBAN_CODE": "iban",
    "IP_ADDRESS": "ip",
    "PHONE_NUMBER": "phone",
    "US_DRIVER_LICENSE": "document",
    "US_SSN": "id",
}
# a date of birth is annotated as any date: finding one is right, missing a date is no mistake
ALSO_RIGHT: Mapping[str, str] = {"birth": "DATE_TIME"}
# a town inside an address is part of it, and of no weight by itself
INSIDE = {*COUNTED, "LOCATION"}
BAR = 0.5  # reported from here on, as shipped
HALF = 0.5  # of the characters: what "covered" asks for

Told = tuple[str, Span, float]
Annotated = Mapping[str, Any]


@dataclass
class Score:
    """wanted, met: what is annotated, and what of it was found. told, right: what was said, and
    what of it is annotated.
    """

    wanted: int = 0
    met: int = 0
    told: int = 0
    right: int = 0

    def count(self, *, met: Iterable[bool] = (), right: Iterable[bool] = ()) -> None:
        for one in met:
            self.wanted += 1
            self.met += one
        for one in right:
            self.told += 1
            self.right += one

    @property
    def recall(self) -> float:
        return self.met / self.wanted if self.wanted else math.nan

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else math.nan


@dataclass
class Evaluation:
    """texts: whether a text holds any. touched: stretches that a finding of their kind touches,
    findings that touch a counted stretch; what sends a moderator to the right place. covered:
    the same with at least half of the characters. kinds: `touched`, by our kinds.
    """

    rows: int = 0
    texts: Score = field(default_factory=Score)
    touched: Score = field(default_factory=Score)
    covered: Score = field(default_factory=Score)
    kinds: dict[str, Score] = field(default_factory=dict)
    not_counted: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """A table to print; in brackets the 95 % interval."""
        share = self.texts.wanted / self.rows if self.rows else 0.0
        yield f"{self.rows} texts, {share:.0%} with personal data of a counted kind; bar {BAR}"
        yield f"{'':19}{'recall':31}{'precision'}"
        yield _line("texts", self.texts)
        yield _line("stretches touched", self.touched)
        yield _line("half covered", self.covered)
        for kind, score in sorted(self.kinds.items()):
            yield _line(f"  {kind}", score)
        left = ", ".join(f"{kind} {count}" for kind, count in self.not_counted.most_common())
        yield f"not counted, for want of a shape: {left or 'nothing'}"


def evaluate(rows: Iterable[Annotated], *, language: str = "en") -> Evaluation:
    """rows: `full_text` and `spans` (`entity_type`, `start_position`, `end_position`)."""
    result = Evaluation()
    for row in rows:
        text = row["full_text"]
        told = [one for one in personal.found(text, language) if one[2] >= BAR]
        _add(result, text, row["spans"], told)
    return result


def _add(result: Evaluation, text: str, spans: Sequence[Annotated], told: Sequence[Told]) -> None:
    wanted = [span for span in spans if span["entity_type"] in COUNTED]
    others = [span["entity_type"] for span in spans if span["entity_type"] not in COUNTED]
    result.rows += 1
    result.not_counted.update(others)
    touched = [any(_touch(span, one) for one in told) for span in wanted]
    rights = [_is_right(spans, one) for one in told]
    result.texts.count(met=[any(touched)] if wanted else (), right=[any(rights)] if told else ())
    result.touched.count(met=touched, right=rights)
    for span, met in zip(wanted, touched, strict=True):
        _of(result, COUNTED[span["entity_type"]]).count(met=[met])
    for one, right in zip(told, rights, strict=True):
        _of(result, one[0]).count(right=[right])
    result.covered.count(
        met=(_is_covered(text, span, told) for span in wanted),
        right=(_is_inside(text, one, spans) for one in told),
    )


def _of(result: Evaluation, kind: str) -> Score:
    return result.kinds.setdefault(kind, Score())


def _touch(span: Annotated, told: Told) -> bool:
    kind, place, _ = told
    named = span["entity_type"]
    fits = COUNTED.get(named) == kind or ALSO_RIGHT.get(kind) == named
    return fits and bool(place.start < span["end_position"] and span["start_position"] < place.end)


def _is_right(spans: Sequence[Annotated], told: Told) -> bool:
    return any(_touch(span, told) for span in spans)


def _is_covered(text: str, span: Annotated, told: Sequence[Told]) -> bool:
    kind = COUNTED[span["entity_type"]]
    wanted = _signs(text, span["start_position"], span["end_position"])
    found = {
        p for one, place, _ in told if one == kind for p in _signs(text, place.start, place.end)
    }
    return len(wanted & found) >= HALF * len(wanted)


def _is_inside(text: str, told: Told, spans: Sequence[Annotated]) -> bool:
    kind, place, _ = told
    right = {*INSIDE, ALSO_RIGHT.get(kind)}
    annotated = {
        p
        for span in spans
        if span["entity_type"] in right
        for p in _signs(text, span["start_position"], span["end_position"])
    }
    found = _signs(text, place.start, place.end)
    return _is_right(spans, told) and len(found & annotated) >= HALF * len(found)


def _signs(text: str, start: int, end: int) -> set[int]:
    """Where letters and digits stand."""
    return {place for place in range(start, end) if text[place].isalnum()}


def _line(name: str, score: Score) -> str:
    return (
        f"{name:19}{_share(score.met, score.wanted):31}{_share(score.right, score.told)}".rstrip()
    )


def _share(hits: int, tried: int) -> str:
    if not tried:
        return "–"
    low, high = wilson(hits, tried)
    return f"{hits / tried:.3f} [{low:.2f}–{high:.2f}] {hits}/{tried}"
