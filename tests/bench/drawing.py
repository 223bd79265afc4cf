"""The table as a drawing: each ratio with its spread, and where it should be."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log10

from moderation.screening.risk.plots import EDGE, INK, PALE, sheet
from tests.bench.table import Figure

LEFT, SCALE, ROW, TOP = 620, 340, 20, 70  # pixels
LEAST, MOST = 0.01, 1000.0  # of the ratios that have room
TICKS = (0.01, 0.1, 1, 10, 100, 1000)
COLOURS = {True: "#1f7a3d", False: "#b3261e", None: "#1f5fa8"}
WORDS = {True: "goal met", False: "goal missed", None: "no goal"}


def ratios(figures: Sequence[Figure], facts: Mapping[str, str]) -> str:
    """figures: in the table's order. facts: the machine's."""
    height = TOP + ROW * (len(figures) + 2)
    told = "; ".join(f"{f.name} against {f.against}: {f.ratio:.2f}" for f in figures)
    where = ", ".join(f"{name} {value}" for name, value in facts.items())
    drawn = [
        f'<text x="{EDGE}" y="48" fill="{INK}">{escape(where)}</text>',
        *_scale(height),
        *(line for place, figure in enumerate(figures) for line in _row(place, figure)),
        *_legend(height),
    ]
    title = "Ours ÷ theirs, in the same rounds; bars hold the middle half, ticks are goals"
    return sheet(title, escape(told), drawn, (LEFT + SCALE + EDGE, height))


def _scale(height: int) -> Iterator[str]:
    for tick in TICKS:
        x = _at(tick)
        yield _line((x, TOP - 5), (x, height - 2 * ROW), INK if tick == 1 else PALE)
        yield f'<text x="{x}" y="{height - 2 * ROW + 14}" text-anchor="middle">{tick:g}</text>'


def _row(place: int, figure: Figure) -> Iterator[str]:
    y = TOP + ROW * place + 8
    low, high = figure.spread
    colour, x = COLOURS[figure.is_met], _at(figure.ratio)
    name = escape(f"{figure.name} : {figure.against}")
    yield f'<text x="{LEFT - 60}" y="{y + 4}" text-anchor="end" font-size="11">{name}</text>'
    yield f'<text x="{LEFT - 15}" y="{y + 4}" text-anchor="end">{figure.ratio:.2f}</text>'
    yield _line((_at(low), y), (_at(high), y), colour, 5)
    yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    if figure.goal is not None:
        goal = _at(figure.goal)
        yield _line((goal, y - 7), (goal, y + 7), INK, 2)


def _legend(height: int) -> Iterator[str]:
    for place, (state, word) in enumerate(WORDS.items()):
        x, y = EDGE + 120 * place, height - 12
        yield f'<circle cx="{x}" cy="{y - 4}" r="4" fill="{COLOURS[state]}"/>'
        yield f'<text x="{x + 10}" y="{y}">{word}</text>'


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, width: int = 1) -> str:
    (x1, y1), (x2, y2) = start, end
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"/>'
    )


def _at(ratio: float) -> float:
    share = log10(min(max(ratio, LEAST), MOST) / LEAST) / log10(MOST / LEAST)
    return round(LEFT + SCALE * share, 1)
