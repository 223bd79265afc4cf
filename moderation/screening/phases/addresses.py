"""Postal addresses: a street with a number, a postcode, or what follows "lives at".

How sure depends on what stands together; a street alone may be a restaurant's.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from moderation.screening.phases.details import Detail, stands_alone
from moderation.screening.phases.patterns import compiled
from moderation.screening.phases.streets import (
    UNITS,
    Street,
    Token,
    named,
    street_at,
    stretches,
    tokens,
)
from moderation.screening.phases.wording import listed

MOST = 30  # numbers with a street around them, and postcodes
REACH = 12  # words from a street to its postcode
FAR = 90  # characters of them

CUE, CODE, UNIT, CITY = 0.25, 0.2, 0.15, 0.1  # what each adds to a street's 0.25 to 0.6

_CUE = compiled(
    r"(?:\baddress(?:es)?\b[^.\d\n]{0,25}(?:is|are|was|to|with|:)"
    r"|\b(?:live[sd]?|living|resid\pL+|stay\pL*) (?:at|in|on)"
    r"|\b(?:home|house|flat|apartment|place|located|restaurant|station|office)s?"
    r" (?:is |are )?(?:at|on)"
    r"|\b(?:return|deliver|send|sent|ship|post)\pL*(?: \pL+){0,3} to|\bmoved? (?:in)?to"
    r"|\b(?:adresse|anschrift|direcci[oó]n|indirizzo|adres|seoladh)\b[^.\d]{0,15}"
    r"|\b(?:wohn[te]+ in|habite|vive en|abita in|woont (?:in|op|aan)))[\s:,.]*$",
    ignore_case=True,
)
_STRONG_CUE = compiled(
    r"(?:\baddress(?:es)?\b[^.\d]{0,25}|\b(?:live[sd]?|living|resid\pL+) (?:at|in)"
    r"|\b(?:located|meet (?:me|us|you|him|her)"
    r"|(?:restaurant|house|office|station|home)s? (?:is|are)) (?:at|on)"
    r"|\b(?:sent|send it|deliver(?:ed)?|return(?:ed)?) to)[\s:,]*$",
    ignore_case=True,
)
_NO_NAMES = listed("and or of to in for from with at by than out on but because years per")
_LABELLED = compiled(
    r"\b(?:zip|post ?code|postal code|eircode|plz)(?: code)?(?: is)?[ :#]{1,3}"
    r"([A-Z0-9]{2,5}(?:[ -]?[A-Z0-9]{2,4})?)",
    ignore_case=True,
)
_BOX = compiled(
    r"\b(?:p\. ?o\. ?box|po box|postbox|postfach|bo[iî]te postale|apartado)[ .:#]{1,3}\d{1,6}\b",
    ignore_case=True,
)
_BRITISH = compiled(r"[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}")
_IRISH = compiled(r"(?:[AC-FHKNPRTV-Y]\d\d|D6W) ?[0-9AC-FHKNPRTV-Y]{4}")
_OFFICIAL = ("SW1A", "SW1P", "EC4")  # ministries, parliament
_CODE = compiled(r"\d{5}(?:-\d{4})?|\d{4}[a-z]{2}|\d{2}-\d{3}|\d{4}-\d{3}|[a-z]{1,2}-\d{4,5}")


def addresses(text: str) -> Iterator[Detail]:
    """text: a plain copy with a digit in it."""
    yield from islice(_streets(text), MOST)
    yield from _codes(text)


def _codes(text: str) -> Iterator[Detail]:
    """Postcodes that stand for a home or a few, and what is called one."""
    for match in islice(_LABELLED.finditer(text), MOST):
        start, end = match.span(1)
        if any(map(str.isdigit, text[start:end])):
            yield Detail("address", start, end, 0.6)
    for match in islice(_BOX.finditer(text), MOST):
        yield Detail("address", *match.span(), 0.5)
    for pattern, sure in ((_BRITISH, 0.55), (_IRISH, 0.8)):
        for match in islice(pattern.finditer(text), MOST):
            start, end = match.span()
            code = text[start:end]
            is_code = stands_alone(text, start, end) and any(map(str.isalpha, code[-4:]))
            if is_code and not code.startswith(_OFFICIAL):
                yield Detail("address", start, end, sure)


def _streets(text: str) -> Iterator[Detail]:
    done = 0
    for start, end in stretches(text):
        words = tokens(text, start, end)
        for place, word in enumerate(words):
            if word.start < done or not word.is_number or _among_numbers(words, place):
                continue
            detail = _read(text, words, place)
            if detail is not None and detail.start >= done:
                done = detail.end
                yield detail


def _among_numbers(words: Sequence[Token], place: int) -> bool:
    """A number between two others is a list's, a score's or a phone's."""
    around = words[max(0, place - 1) : place + 2]
    return len(around) == 3 and around[0].is_number and around[2].is_number


def _read(text: str, words: Sequence[Token], place: int) -> Detail | None:
    """The address around the number at `place`."""
    street = street_at(words, place)
    cued = _cued(text, words, place) if street is None else None
    street = street or cued or _with_unit(words, place) or _with_town(words, place)
    if street is None:
        return None
    first = street.first
    while first > 0 and words[first - 1].is_number and not words[first - 1].ends:
        first -= 1  # the house before the street's own number
    start = words[first].start
    sure = street.sure
    if cued is None and _CUE.search(_before(text, start)):
        sure += CUE
    begins = words[street.last].start
    end, more = _onwards(tokens(text, begins, words[street.last].end + FAR))
    sure = min(0.95, sure + more)
    return Detail("address", start, end, sure) if sure >= 0.4 else None


def _cued(text: str, words: Sequence[Token], place: int) -> Street | None:
    """lives at 87 Jakobi 69: after such words, a number and a name are an address."""
    street = named(words, place)
    if street is not None and _STRONG_CUE.search(_before(text, words[street.first].start)):
        return Street(street.first, place, 0.55)
    if words[place].stops or not _STRONG_CUE.search(_before(text, words[place].start)):
        return None
    return _name_behind(words, place)


def _name_behind(words: Sequence[Token], place: int) -> Street | None:
    """87 Jakobi 69; 14 Reyes Católicos."""
    names: list[Token] = []
    for last in range(place + 1, min(place + 6, len(words))):
        word = words[last]
        if word.is_number and names:
            return Street(place, last, 0.75 if names[0].is_capital else 0.55)
        if word.opens_line or word.core in _NO_NAMES:
            break
        names += [] if word.is_number else [word]
        if word.ends:
            break
    if len(names) > 1 and names[0].is_capital and names[1].is_capital:
        return Street(place, place + len(names), 0.5)
    return None


def _before(text: str, start: int) -> str:
    return text[max(0, start - 60) : start]


def _with_unit(words: Sequence[Token], place: int) -> Street | None:
    """11 Školní 939, Apt. 827: the flat says that it is a house."""
    for last in range(place + 2, min(place + 7, len(words) - 1)):
        if words[last].core in UNITS and words[last + 1].is_number:
            return Street(place, last - 1, 0.4)
        if words[last].stops:
            return None
    return None


def _with_town(words: Sequence[Token], place: int) -> Street | None:
    """Na Výsluní 541, Horomerice 252 62: any name, if a town with its postcode follows."""
    street = named(words, place)
    if street is None or words[place].is_year or words[place].stops:
        return None
    following = words[place + 1 : place + 6]
    if not following or not (words[place].ends == "," or following[0].opens_line):
        return None
    for number, word in enumerate(following):
        if number and _is_code(words, place + 1 + number):
            return Street(street.first, place, 0.45)
        is_part = word.core.isdigit() and (
            len(word.core) == 3 or _is_code(words, place + 1 + number)
        )
        if not word.is_capital and not is_part:
            return None
        if word.ends:
            return None
    return None


def _onwards(words: Sequence[Token]) -> tuple[int, float]:
    """(where the flat, the town and the postcode end, how much they add).

    words: from the last of the street on.
    """
    sure, reached = 0.0, 0
    for place in range(1, min(len(words), REACH + 1)):
        word, before = words[place], words[place - 1]
        if before.stops:
            break
        if word.core in UNITS and place + 1 < len(words) and words[place + 1].is_number:
            sure, reached = sure + UNIT, place + 1
        elif _is_code(words, place):
            return word.end, sure + CODE
        elif word.is_capital and place == reached + 1:
            opens = before.ends.endswith(",") or word.opens_line
            sure += CITY if opens and sure < CITY else 0.0
            # more of the town's name only after its beginning
            reached = place if opens or (reached and not before.ends) else reached
    return words[reached].end, sure


def _is_code(words: Sequence[Token], place: int) -> bool:
    """A postcode of several countries; four digits only between a town and the end of a line."""
    core = words[place].core
    if _CODE.fullmatch(core) or _parted(words, place):
        return True
    is_short = len(core) == 4 and core.isdigit() and not words[place].is_year
    return is_short and (words[place - 1].is_capital or words[place].opens_line)


_PARTED = compiled(
    r"\d{3} \d\d|[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}|[a-z]\d[\dw] [a-z\d]{4}|[a-z]\d[a-z] \d[a-z]\d"
)


def _parted(words: Sequence[Token], place: int) -> bool:
    """A postcode in two parts, of which this is the last."""
    pair = f"{words[place - 1].core} {words[place].core}" if place else ""
    if len(pair) > 9 or not _PARTED.fullmatch(pair):
        return False
    return place < 2 or not words[place - 2].is_number  # nor a piece of a phone number
