"""How much personal data is found, and how much of what is found is some: on annotated texts."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.screening.phases import personal

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
# the address goes on over the town's name: that is no mistake, and no merit either
PART_OF_AN_ADDRESS = frozenset({"LOCATION"})
BAR = 0.5  # reported from here on, as shipped


@dataclass
class Score:
    """wanted, met: annotated stretches, and those of them that a finding of any kind touches.
    told, right: findings, and those of them that touch a counted stretch.
    """

    wanted: int = 0
    met: int = 0
    told: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.met / self.wanted if self.wanted else math.nan

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else math.nan


@dataclass
class Evaluation:
    """spans: all counted stretches. texts: whether a text holds any. kinds: by our kinds."""

    rows: int = 0
    spans: Score = field(default_factory=Score)
    texts: Score = field(default_factory=Score)
    kinds: dict[str, Score] = field(default_factory=dict)
    not_counted: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """A table to print."""
        yield f"{self.rows} texts, {self.texts.wanted} of them with personal data of a counted kind"
        yield "                  recall                    precision"
        yield _line("texts", self.texts)
        yield _line("all stretches", self.spans)
        for kind, score in sorted(self.kinds.items()):
            yield _line(kind, score)
        left = ", ".join(f"{kind} {count}" for kind, count in self.not_counted.most_common())
        yield f"not counted: {left or 'nothing'}"


def evaluate(rows: Iterable[Mapping[str, Any]], *, language: str = "en") -> Evaluation:
    """rows: `full_text` and `spans` (`entity_type`, `start_position`, `end_position`)."""
    result = Evaluation()
    for row in rows:
        text = row["full_text"]
        told = [one for one in personal.found(text, language) if one[2] >= BAR]
        _add(result, row["spans"], told)
    return result


def _add(result: Evaluation, spans: Sequence[Mapping[str, Any]], told: Sequence[Any]) -> None:
    wanted = [span for span in spans if span["entity_type"] in COUNTED]
    result.rows += 1
    result.not_counted.update(
        span["entity_type"] for span in spans if span["entity_type"] not in COUNTED
    )
    result.texts.wanted += bool(wanted)
    result.texts.told += bool(told)
    result.texts.met += bool(wanted and told)
    result.texts.right += bool(wanted and told)
    for span in wanted:
        is_met = any(_touch(span, place) for _, place, _ in told)
        for score in (result.spans, _of(result, COUNTED[span["entity_type"]])):
            score.wanted += 1
            score.met += is_met
    for kind, place, _ in told:
        is_right = any(_touch(span, place) for span in wanted)
        for score in (result.spans, _of(result, kind)):
            score.told += 1
            score.right += is_right


def _of(result: Evaluation, kind: str) -> Score:
    return result.kinds.setdefault(kind, Score())


def _touch(span: Mapping[str, Any], place: Any) -> bool:
    return bool(place.start < span["end_position"] and span["start_position"] < place.end)


def wilson(hits: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if tried == 0:
        return 0.0, 1.0
    z = 1.959964
    share, more = hits / tried, z * z / tried
    middle = share + more / 2
    reach = z * math.sqrt(share * (1 - share) / tried + more / (4 * tried))
    return max(0.0, (middle - reach) / (1 + more)), min(1.0, (middle + reach) / (1 + more))


def _line(name: str, score: Score) -> str:
    return f"{name:16}  {_share(score.met, score.wanted)}   {_share(score.right, score.told)}"


def _share(hits: int, tried: int) -> str:
    if not tried:
        return f"{'–':>24}"
    low, high = wilson(hits, tried)
    return f"{hits / tried:.3f} ({low:.2f}–{high:.2f}) {hits:>4}/{tried:<4}"
