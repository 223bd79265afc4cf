"""Postal addresses: a street with a number, a postcode, or what follows "lives at".

How sure depends on what stands together; a street alone may be a restaurant's.
"""

from collections.abc import Iterator, Sequence

from moderation.screening.phases.details import Detail, stands_alone
from moderation.screening.phases.patterns import compiled
from moderation.screening.phases.streets import UNITS, Street, Token, named, street_at, tokens

MOST = 30  # numbers with a street around them, and postcodes
REACH = 12  # words from a street to its postcode
FAR = 90  # characters of them

CUE, CODE, UNIT, CITY = 0.25, 0.2, 0.15, 0.1  # what each adds to a street's 0.25 to 0.6

_CUE = compiled(
    r"(?:\baddress(?:es)?\b[^.\d\n]{0,25}(?:is|are|was|to|with|:)|\b(?:live[sd]?|living|resid\pL+|stay\pL*)"
    r" (?:at|in|on)|\b(?:home|house|flat|apartment|place|located|located|restaurant|station|office) (?:is )?"
    r"(?:at|on)|\b(?:return|deliver|send|ship|post)\pL*(?: \pL+){0,3} to|\bmoved? (?:in)?to|wohn[te]+ in"
    r"|\b(?:adresse|anschrift|direcci[oó]n|indirizzo|adres|seoladh)\b[^.\d]{0,15}"
    r"|\b(?:habite|vive en|abita in|woont (?:in|op|aan)))[\s:,.]*$",
    ignore_case=True,
)
_STRONG_CUE = compiled(
    r"(?:\baddress(?:es)?\b[^.\d]{0,25}|\b(?:live[sd]?|living|resid\pL+) (?:at|in)"
    r"|\b(?:located|meet (?:me|us|him|her)|(?:restaurant|house|office|station|home)s? (?:is|are)) (?:at|on)"
    r"|\b(?:sent|send it|deliver(?:ed)?|return(?:ed)?) to)[\s:,]*$",
    ignore_case=True,
)
_LABELLED = compiled(
    r"\b(?:zip|post ?code|postal code|eircode|plz)(?: code)?(?: is)?[ :#]{1,3}"
    r"([A-Z0-9]{2,5}(?:[ -]?[A-Z0-9]{2,4})?)",
    ignore_case=True,
)
_BRITISH = compiled(r"[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}")
_IRISH = compiled(r"(?:[AC-FHKNPRTV-Y]\d\d|D6W) ?[0-9AC-FHKNPRTV-Y]{4}")
_OFFICIAL = ("SW1A", "SW1P", "EC4")  # ministries, parliament
_CODE = compiled(r"\d{5}(?:-\d{4})?|\d{4}[a-z]{2}|\d{2}-\d{3}|\d{4}-\d{3}|[a-z]{1,2}-\d{4,5}")


def addresses(text: str) -> Iterator[Detail]:
    """text: a plain copy with a digit in it."""
    done = 0
    for detail in _streets(text):
        if detail.start >= done:
            done = detail.end
            yield detail
    yield from _codes(text)


def _codes(text: str) -> Iterator[Detail]:
    """Postcodes that stand for a home or a few, and what is called one."""
    for match in _LABELLED.finditer(text):
        start, end = match.span(1)
        if any(map(str.isdigit, text[start:end])):
            yield Detail("address", start, end, 0.6)
    for pattern, sure in ((_BRITISH, 0.55), (_IRISH, 0.8)):
        for count, match in enumerate(pattern.finditer(text)):
            start, end = match.span()
            code = text[start:end]
            if count == MOST:
                break
            is_code = stands_alone(text, start, end) and any(map(str.isalpha, code[-4:]))
            if is_code and not code.startswith(_OFFICIAL):
                yield Detail("address", start, end, sure)


def _streets(text: str) -> Iterator[Detail]:
    words = tokens(text)
    found = 0
    last = -1
    for place, word in enumerate(words):
        if place <= last or not word.is_number:
            continue
        detail = _read(text, words, place)
        if detail is not None:
            last, told = detail
            yield told
            found += 1
            if found == MOST:
                return


def _read(text: str, words: Sequence[Token], place: int) -> tuple[int, Detail] | None:
    """(the last token of it, what it is) for an address around the number at `place`."""
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
    last, more = _onwards(words, street.last)
    sure = min(0.95, sure + more)
    if sure < 0.4:
        return None
    return last, Detail("address", start, words[last].end, sure)


def _cued(text: str, words: Sequence[Token], place: int) -> Street | None:
    """lives at 87 Jakobi 69: after such words, a number and a name are an address."""
    street = named(words, place)
    if street is not None and _STRONG_CUE.search(_before(text, words[street.first].start)):
        return Street(street.first, place, 0.55)
    if words[place].stops or not _STRONG_CUE.search(_before(text, words[place].start)):
        return None
    names = []
    for last in range(place + 1, min(place + 6, len(words))):
        if words[last].is_number and names:
            return Street(place, last, 0.75)
        if words[last].is_number:
            continue
        if words[last].opens_line:
            break
        names.append(words[last])
        if words[last].ends:
            break
    if names and all(name.is_capital for name in names[:2]) and len(names) > 1:
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
        if not word.is_capital and not (number == 0 and _is_code(words, place + 1)):
            return None
        if word.ends:
            return None
    return None


def _onwards(words: Sequence[Token], last: int) -> tuple[int, float]:
    """(where the flat, the town and the postcode end, how much they add)."""
    sure, reached = 0.0, last
    for place in range(last + 1, min(last + 1 + REACH, len(words))):
        word, before = words[place], words[place - 1]
        if word.start - words[last].end > FAR or before.stops:
            break
        if word.core in UNITS and place + 1 < len(words) and words[place + 1].is_number:
            sure, reached = sure + UNIT, place + 1
        elif _is_code(words, place):
            return place, sure + CODE
        elif word.is_capital and (before.ends.endswith(",") or word.opens_line) and place == reached + 1:
            sure, reached = sure + (CITY if sure < CITY else 0.0), place
        elif word.is_capital and place == reached + 1 and reached > last and not before.ends:
            reached = place
    return reached, sure


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
    return len(pair) < 10 and bool(_PARTED.fullmatch(pair))
