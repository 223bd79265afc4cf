"""A text in pieces, so that a page can mark what was matched without trusting a word of it."""

from collections.abc import Iterable, Iterator

from moderation.screening.verdict import Span


def pieces(text: str, spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    """(piece, marked): the whole text in order. Spans that meet are one; those outside are cut."""
    done = 0
    for start, end in _merged(spans, len(text)):
        if start > done:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False


def _merged(spans: Iterable[Span], longest: int) -> Iterator[tuple[int, int]]:
    start = end = -1
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        first, last = max(0, span.start), min(longest, span.end)
        if first >= last:
            continue
        if first > end:
            if end > start:
                yield start, end
            start, end = first, last
        else:
            end = max(end, last)
    if end > start:
        yield start, end
