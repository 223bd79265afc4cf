"""Numbers that lead to one person: cards, accounts, identities, documents, birthdays."""

import ipaddress
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import islice

from moderation.screening.phases.details import Detail, stands_alone
from moderation.screening.phases.patterns import compiled

MOST = 40  # candidates of a kind

_CARD = compiled(r"\d(?:[ -]?\d){12,18}")
_IBAN = compiled(r"[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", ignore_case=True)
_IBAN_LENGTHS: Mapping[str, int] = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE LT LU XK",
        21: "CH HR LI LV", 22: "BG DE GB IE ME RS", 23: "AE GI IL", 24: "AD CZ ES MD RO SA SE SK",
        25: "PT", 26: "IS TR", 27: "FR GR IT MC SM", 28: "AL CY HU PL", 29: "BR UA", 31: "MT",
    }.items()
    for country in countries.split()
}  # fmt: skip

# language of the country, shape, module of python-stdnum that knows its checksum, how sure then
_IDS: tuple[tuple[str, str, str, float], ...] = (
    ("en", r"\d{3}-\d{2}-\d{4}", "us.ssn", 0.95),
    ("ga", r"\d{7}[A-W][A-IW]?", "ie.pps", 0.9),
    ("en", r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]", "", 0.85),
    ("fr", r"[12] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d", "fr.nir", 0.95),
    ("es", r"\d{8}-?[A-Z]", "es.dni", 0.85),
    ("es", r"[XYZ]-?\d{7}-?[A-Z]", "es.nie", 0.9),
    ("it", r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", "it.codicefiscale", 0.95),
    ("nl", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", "be.nn", 0.95),
    ("sv", r"(?:19|20)?\d{6}[-+]\d{4}", "se.personnummer", 0.85),
    ("da", r"\d{6}-\d{4}", "dk.cpr", 0.75),
    ("fi", r"\d{6}[-+A]\d{3}[0-9A-Y]", "fi.hetu", 0.9),
    ("no", r"\d{6} ?\d{5}", "no.fodselsnummer", 0.85),
    ("pl", r"\d{11}", "pl.pesel", 0.8),
    ("de", r"756\.\d{4}\.\d{4}\.\d\d", "ch.ssn", 0.95),
    ("cs", r"\d{6}/\d{3,4}", "cz.rc", 0.85),
    ("ro", r"[1-8]\d{12}", "ro.cnp", 0.85),
)
_ID_SHAPES = [(home, compiled(shape), module, sure) for home, shape, module, sure in _IDS]
_ID = compiled(
    "|".join(f"(?:{shape})" for _, shape, _, _ in sorted(_IDS, key=lambda i: -len(i[1])))
)

# nothing but digits, as phone numbers are: only at home, or by name
_BARE = frozenset({"no.fodselsnummer", "pl.pesel", "ro.cnp"})
_NAMED = compiled(
    r"(?:pesel|f[øo]dsel\pL*|personnummer|cnp|cod numeric personal|identity)[^\d\n]{0,15}$",
    ignore_case=True,
)

_DOCUMENT = compiled(
    r"\b(?:passport|driv\pL+(?:['’]?s)? licen[cs]e|licen[cs]e|(?:national )?id(?:entity)?(?: card)?"
    r"|(?:bank )?account|insurance|social security|ssn|ppsn?|nhs|tax id|student|customer"
    r"|reisepass|ausweis|konto|steuer-?id|bsn|passeport|pasaporte)"
    r"[ -]?(?:number|num|no\b|nr\b|nummer|id|#)?[ .:#=]{0,3}(?:(?:is|was|ist|est) )?[:# ]?"
    r"([A-Z]{0,3}\d(?:[ -]?\d){5,13}[A-Z]?)",
    ignore_case=True,
)
_SORT_CODE = compiled(r"\bsort code\b[^\d\n]{0,12}(\d\d[- ]?\d\d[- ]?\d\d)", ignore_case=True)
_IP = compiled(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}", ignore_case=True)
_VERSION = compiled(
    r"(?:\bv|version|release|firmware|update|section|chapter|article) ?$", ignore_case=True
)
_DAY = r"\d{1,2}(?:st|nd|rd|th|\.|º)?"
_YEAR = r"(?:19[2-9]\d|20[0-2]\d)"
_BIRTH = compiled(
    r"\b(?:born|birthday|birth ?date|date of birth|d\.?o\.?b\.?|geboren|geb\.|né|née|naci[óo]"
    r"|nacid[oa]|nat[oa]|geburtsdatum|geboortedatum)[^\pL\d]{0,3}"
    r"(?:(?:is|was|on|in|the|am|le|el|il|op)[^\pL\d]{1,2}){0,3}"
    rf"({_DAY}[./ -]\d{{1,2}}[./ -](?:{_YEAR}|\d\d\b)|{_YEAR}-\d\d-\d\d"
    rf"|{_DAY} (?:of |de )?\pL{{3,10}}\.?,? (?:de )?{_YEAR}|\pL{{3,9}}\.? {_DAY},? {_YEAR})",
    ignore_case=True,
)


def numbers(text: str, language: str) -> Iterator[Detail]:
    """text: a plain copy with a digit in it; language: the site's."""
    yield from _ibans(text)
    yield from _cards(text)
    yield from _ids(text, language)
    yield from _documents(text)
    yield from _ips(text)
    for match in islice(_BIRTH.finditer(text), MOST):
        yield Detail("birth", *match.span(1), 0.6)


def _cards(text: str) -> Iterator[Detail]:
    for match in islice(_CARD.finditer(text), MOST):
        start, end = match.span()
        number = "".join(filter(str.isdigit, text[start:end]))
        if stands_alone(text, start, end) and _is_card(number):
            yield Detail("card", start, end, 0.95)


def _is_card(number: str) -> bool:
    """A length that its first digits allow, and Luhn's check digit."""
    first, size = int(number[:4]), len(number)
    fits = (
        (first // 1000 == 4 and size in {13, 16, 19})
        or ((5100 <= first < 5600 or 2221 <= first <= 2720) and size == 16)
        or (first // 100 in {34, 37} and size == 15)
        or (first // 100 in {30, 36, 38, 39} and size == 14)
        or ((first == 6011 or first // 100 in {62, 64, 65}) and size >= 16)
        or (3528 <= first <= 3589 and size == 16)
    )
    return fits and bool(import_module("stdnum.luhn").is_valid(number))


def _ibans(text: str) -> Iterator[Detail]:
    for match in islice(_IBAN.finditer(text), MOST):
        start, end = match.span()
        places = [place for place in range(start, end) if text[place].isalnum()]
        length = _IBAN_LENGTHS.get(text[start : start + 2].upper(), 0)
        if not 0 < length <= len(places):
            continue
        end = places[length - 1] + 1
        number = "".join(text[place] for place in places[:length])
        checked = number[4:] + number[:4]
        if stands_alone(text, start, end) and _is_valid("iso7064.mod_97_10", checked):
            yield Detail("iban", start, end, 0.98)


def _is_valid(module: str, number: str) -> bool:
    return bool(import_module(f"stdnum.{module}").is_valid(number))


def _ids(text: str, language: str) -> Iterator[Detail]:
    for match in islice(_ID.finditer(text), MOST):
        start, end = match.span()
        if not stands_alone(text, start, end) or text[start - 1 : start] in {"-", ".", "/"}:
            continue
        number = text[start:end]
        is_named = bool(_NAMED.search(text[max(0, start - 40) : start]))
        sure = [
            probability
            for home, shape, module, probability in _ID_SHAPES
            if (module not in _BARE or is_named or home == language)
            and shape.fullmatch(number)
            and (not module or _is_valid(module, number))
        ]
        if sure:
            yield Detail("id", start, end, max(sure))


def _documents(text: str) -> Iterator[Detail]:
    for pattern in (_DOCUMENT, _SORT_CODE):
        for match in islice(pattern.finditer(text), MOST):
            start, end = match.span(1)
            if stands_alone(text, start, end):
                yield Detail("document", start, end, 0.85)


def _ips(text: str) -> Iterator[Detail]:
    if text.count(".") < 3 and text.count(":") < 3:
        return
    for match in islice(_IP.finditer(text), MOST):
        start, end = match.span()
        around = text[max(0, start - 1) : start] + text[end : end + 1]
        goes_on = ":" in around or text[end : end + 1] == "/" or text[end + 1 : end + 2].isdigit()
        if goes_on or not stands_alone(text, start, end):
            continue
        is_version = _VERSION.search(text[max(0, start - 12) : start])
        if not is_version and _is_somebodys(text[start:end]):
            yield Detail("ip", start, end, 0.85)


def _is_somebodys(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_global and not found.is_multicast
