"""What the checks saw: every verdict on a comment's words in plain words, and the words marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from moderation.cases.verdicts import StoredVerdict
from moderation.comments.models import Revision
from moderation.database import db
from moderation.screening import checkers
from moderation.screening.marking import pieces
from moderation.screening.phases.risk import BY_RULE
from moderation.screening.settings import PHASES
from moderation.screening.verdict import PhaseMode, Span, Would

MOST = 150  # verdicts read, the newest
QUIET = "quiet"
LONG, KEPT = 240, 100  # characters: a stretch without marks, and what is shown of its ends
ORDER = {phase: place for place, phase in enumerate(PHASES)}
ALONE = {
    Would.NOTHING: "did nothing",
    Would.REPORT: "reported it",
    Would.HOLD: "reported it and asked for a first look",
}
IN_SHADOW = {
    Would.NOTHING: "would have done nothing",
    Would.REPORT: "would have reported it",
    Would.HOLD: "would have reported it and asked for a first look",
}


@dataclass(frozen=True)
class Saw:
    """One verdict. number: as the words it marked are numbered; 0 if it marked none.

    tone: "reports", "shadow", "unchecked", or "quiet" for what came of nothing. heard: clause,
    score and what followed, in words.
    """

    name: str
    why: Sequence[str]
    tone: str
    heard: str
    label: str  # "model" or "rule" where both speak
    in_shadow: bool
    number: int = 0


@dataclass(frozen=True)
class Piece:
    """A stretch of the words as typed. numbers: of who marked it, none for what stands between."""

    text: str
    numbers: Sequence[int] = ()
    is_strong: bool = False


@dataclass(frozen=True)
class Panel:
    """now: about the words as they stand; earlier: about words that were edited since."""

    now: Sequence[Saw]
    earlier: Sequence[Saw]
    pieces: Sequence[Piece]

    @property
    def loud(self) -> Sequence[Saw]:
        return [saw for saw in self.now if saw.tone != QUIET]

    @property
    def quiet(self) -> Sequence[Saw]:
        return [saw for saw in self.now if saw.tone == QUIET]


def panel(comment_id: int, revision: Revision, titles: Mapping[str, str]) -> Panel | None:
    """None if no check had anything to say. titles: clause code → title. One query."""
    fired = [verdict for verdict in db.session.scalars(_verdicts(comment_id)) if _fired(verdict)]
    if not fired:
        return None
    fired.sort(key=lambda v: (_tone(v) == QUIET, ORDER.get(v.phase, len(ORDER)), v.id))
    current = [verdict for verdict in fired if verdict.revision_id == revision.id]
    numbers = _numbers(current)
    return Panel(
        now=[_saw(verdict, titles, numbers.get(verdict.id, 0)) for verdict in current],
        earlier=[_saw(v, titles, 0) for v in fired if v.revision_id != revision.id],
        pieces=list(_marked(revision.body, current, numbers)),
    )


def _verdicts(comment_id: int) -> Select[StoredVerdict]:
    return (
        select(StoredVerdict)
        .where(StoredVerdict.comment_id == comment_id)
        .order_by(StoredVerdict.id.desc())
        .limit(MOST)
    )


def _fired(verdict: StoredVerdict) -> bool:
    """The model scores every text; below what is worth saying it has no reasons."""
    return bool(verdict.why) or not verdict.is_checked or verdict.would != Would.NOTHING.value


def _tone(verdict: StoredVerdict) -> str:
    if not verdict.is_checked:
        return "unchecked"
    if verdict.would == Would.NOTHING.value:
        return QUIET
    return "shadow" if verdict.mode == PhaseMode.SHADOW.value else "reports"


def _numbers(verdicts: Sequence[StoredVerdict]) -> dict[int, int]:
    """verdict id → its number in the text."""
    marking = [verdict.id for verdict in verdicts if verdict.spans]
    return {id_: number for number, id_ in enumerate(marking, 1)}


def _saw(verdict: StoredVerdict, titles: Mapping[str, str], number: int) -> Saw:
    return Saw(
        name=checkers.called(verdict.checker),
        why=verdict.why,
        tone=_tone(verdict),
        heard=_heard(verdict, titles),
        label=_label(verdict),
        in_shadow=verdict.mode == PhaseMode.SHADOW.value,
        number=number,
    )


def _heard(verdict: StoredVerdict, titles: Mapping[str, str]) -> str:
    if not verdict.is_checked:
        return ""
    if verdict.clause_code is None:
        return ""
    title = titles.get(verdict.clause_code, verdict.clause_code)
    said = IN_SHADOW if verdict.mode == PhaseMode.SHADOW.value else ALONE
    did = said[Would(verdict.would)]
    return " · ".join(filter(None, (title, _score(verdict), did)))


def _score(verdict: StoredVerdict) -> str:
    """Such as "0.91; reports from 0.25, asks for a first look from 0.85"."""
    bars = [
        f"{does} from {bar:.2f}"
        for does, bar in (
            ("reports", verdict.report_at),
            ("asks for a first look", verdict.hold_at),
        )
        if bar is not None
    ]
    if verdict.score == 1 and {verdict.report_at, verdict.hold_at} <= {1, None}:
        return ""  # there is nothing between its yes and its no
    return f"{_number(verdict)}; {', '.join(bars) or 'never reports'}"


def _number(verdict: StoredVerdict) -> str:
    """Rounded; but what is just below a threshold must not look as if it reached it."""
    rounded = round(verdict.score, 2)
    bars = [bar for bar in (verdict.report_at, verdict.hold_at) if bar is not None]
    if any(verdict.score < bar <= rounded for bar in bars):
        rounded -= 0.01
    return f"{rounded:.2f}"


def _label(verdict: StoredVerdict) -> str:
    if verdict.phase != "risk":
        return ""
    return "rule" if verdict.checker in BY_RULE else "model"


def _marked(
    body: str, verdicts: Sequence[StoredVerdict], numbers: Mapping[int, int]
) -> Iterator[Piece]:
    """The words as typed, in order; nothing if nothing is marked in them."""
    spans = [(span, verdict) for verdict in verdicts for span in _spans(verdict)]
    cut = list(pieces(body, [span for span, _ in spans]))
    if not any(is_marked for _, is_marked in cut):
        return
    place = 0
    for number, (text, is_marked) in enumerate(cut):
        end = place + len(text)
        if is_marked:
            by = [v for span, v in spans if span.start < end and place < span.end]
            found = sorted({numbers[verdict.id] for verdict in by})
            yield Piece(text, found, is_strong=any(_tone(v) != QUIET for v in by))
        else:
            yield Piece(_shortened(text, at_start=number == 0, at_end=number == len(cut) - 1))
        place = end


def _spans(verdict: StoredVerdict) -> Iterator[Span]:
    yield from (Span(start, end) for start, end in verdict.spans)


def _shortened(text: str, *, at_start: bool, at_end: bool) -> str:
    """A long stretch without marks: what stands next to them. The whole stands on the card."""
    if len(text) <= LONG:
        return text
    head = "" if at_start else text[:KEPT].rsplit(" ", 1)[0]
    tail = "" if at_end else text[-KEPT:].split(" ", 1)[-1]
    return " ".join(filter(None, (head, "[…]", tail)))
