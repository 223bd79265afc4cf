"""Plots as SVG, and the one of reliability: what the model said, against what was seen."""

from collections.abc import Iterable, Iterator, Sequence

SIDE, EDGE = 300, 50  # pixels: of the square, and around it
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
INK, PALE, DOT = "#222222", "#bbbbbb", "#1f5fa8"


def reliability(title: str, points: Sequence[tuple[float, float, float]]) -> str:
    """points: said and seen, 0 to 1, and the share of all texts, which makes a dot's area."""
    told = "; ".join(f"said {said:.0%}, seen {seen:.0%}" for said, seen, _ in points)
    size = SIDE + 2 * EDGE
    return sheet(title, told, [*_axes(), *(_dot(*point) for point in points)], (size, size))


def sheet(title: str, told: str, drawn: Iterable[str], size: tuple[int, int]) -> str:
    """An SVG with a title. told: what it shows, in words; size: width and height in pixels."""
    width, height = size
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    lines = [
        f'{head} font-family="sans-serif" font-size="12" fill="{INK}">',
        f"<title>{title}</title>",
        f"<desc>{told}</desc>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{EDGE}" y="30" font-size="14">{title}</text>',
        *drawn,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _axes() -> Iterator[str]:
    yield _line((0, 0), (1, 1), PALE)
    yield _line((0, 0), (1, 0), INK)
    yield _line((0, 0), (0, 1), INK)
    for tick in TICKS:
        x, y = _at(tick, 0)
        yield f'<text x="{x}" y="{y + 16}" text-anchor="middle">{tick:.0%}</text>'
        x, y = _at(0, tick)
        yield f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{tick:.0%}</text>'
    x, y = _at(0.5, 0)
    yield f'<text x="{x}" y="{y + 36}" text-anchor="middle">said by the model</text>'
    x, y = _at(0.03, 0.95)
    yield f'<text x="{x}" y="{y}">were harmful</text>'


def _line(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    (x1, y1), (x2, y2) = _at(*start), _at(*end)
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}"/>'


def _dot(said: float, seen: float, share: float) -> str:
    x, y = _at(said, seen)
    radius = 3 + 12 * share**0.5
    return f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{DOT}" fill-opacity="0.7"/>'


def _at(x: float, y: float) -> tuple[float, float]:
    return round(EDGE + SIDE * x, 1), round(EDGE + SIDE * (1 - y), 1)
