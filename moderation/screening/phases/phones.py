"""Phone numbers among all the other digits of a newspaper's readers."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from moderation.screening.phases.details import Detail, stands_alone
from moderation.screening.phases.patterns import compiled

MOST = 12  # candidates asked about
FEWEST, LONGEST = 7, 15  # digits, without an extension

_CANDIDATE = compiled(
    r"(?:\+ ?|\()?\(?\d(?:[ .()/-]{0,3}\d){6,20}(?: ?(?:x|ext\.?) ?\d{1,6})?", ignore_case=True
)
_DATE = compiled(
    r"\b(?:1[5-9]|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}\b"
    r"|\b\d{1,2}[-/. ]\d{1,2}[-/. ](?:1[5-9]|20)\d\d\b"
    r"|^\d{1,2}[-/.]\d{1,2}[-/.]\d\d$"
)
_YEARS = compiled(r"(?:(?:1[5-9]|20)\d\d\D{1,3})+(?:(?:1[5-9]|20)\d\d|\d\d)")
_EXTENSION = compiled(r" ?(?:x|ext)", ignore_case=True)
_CATALOGUE = compiled(r"\b(?:isbn|issn|pmid|doi|oclc|ean)\b[-\d :]*$", ignore_case=True)
_CUE_BEFORE = compiled(
    r"\b(?:call(?:ed|ing)?|(?:tele)?phone[ds]?|tel|mobile|mob|cell|fax"
    r"|text|messages?|whats ?app|ring|dial|sms"
    r"|desk|landline|reach|contact|handy\pL*|telefon\pL*|rufnummer|tele?f|portable|m[oó]vil|gsm"
    r"|answer\pL*|appele\pL*|number(?:s| is|:)|nummer(?: ist|:)"
    r"|num[eé]ro(?: est|:)|t[eé]l)\b[^\d]{0,25}$",
    ignore_case=True,
)
_CUE_AFTER = compiled(
    r"^[^\pL\d\n]{0,3}(?:fax|mobile|cell|office|phone|tel|home|work)\b", ignore_case=True
)

# where a national number may come from, by the language of the site
_ALWAYS = ("IE", "GB", "US")
_MORE = ("AU", "CA", "NZ")
_REGIONS: Mapping[str, tuple[str, ...]] = {
    "da": ("DK",),
    "de": ("DE", "AT", "CH"),
    "el": ("GR",),
    "es": ("ES",),
    "fi": ("FI",),
    "fr": ("FR", "BE", "CH"),
    "it": ("IT", "CH"),
    "nl": ("NL", "BE"),
    "no": ("NO",),
    "pl": ("PL",),
    "pt": ("PT",),
    "sv": ("SE",),
}


def phones(text: str, language: str) -> Iterator[Detail]:
    """text: a plain copy; language: the site's, which says whose numbers are written short."""
    asked = 0
    for match in islice(_CANDIDATE.finditer(text), 5 * MOST):
        start, end = match.span()
        number = text[start:end]
        if not _could_be(text, start, end, number):
            continue
        asked += 1
        if asked > MOST:
            return
        probability = _probability(text, start, end, language)
        if probability:
            yield Detail("phone", start, end, probability)


def _could_be(text: str, start: int, end: int, number: str) -> bool:
    """Whether it is not a price, a date, a score, a measure or a piece of something longer."""
    if _CATALOGUE.search(text[max(0, start - 12) : start]):
        return False
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if not stands_alone(text, start, end) or before.strip()[-1:] in set("$€£¥#=_"):
        return False
    if before[-1:] in set(".,:/-") and not before[:1].isspace() and before[:1].isdigit():
        return False
    if after[:1] in set("%€£$:") or (after[:1] in {",", "."} and after[1:].isdigit()):
        return False
    groups = _groups(number)
    digits = sum(map(len, groups))
    if not FEWEST <= digits <= LONGEST or len(set("".join(groups))) < 2:
        return False
    is_internet = len(groups) == 4 and number.count(".") == 3
    return not (is_internet or _DATE.search(number) or _YEARS.fullmatch(number.lstrip("(+ ")))


def _groups(number: str) -> list[str]:
    extension = _EXTENSION.search(number)
    core = number[: extension.start()] if extension else number
    return "".join(sign if sign.isdigit() else " " for sign in core).split()


def _is_amount(groups: list[str], number: str) -> bool:
    """1 000 000, 12.500.000, 3.14159265, 3-2 4-1 5-0."""
    thousands = len(groups) > 1 and len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])
    is_even = len({sign for sign in number if not sign.isdigit()}) == 1
    decimal = len(groups) == 2 and "." in number
    singles = sum(len(group) == 1 for group in groups) > len(groups) / 2
    return (thousands and is_even and "-" not in number) or decimal or singles


def _probability(text: str, start: int, end: int, language: str) -> float:
    """0 for what is nobody's: a helpline, or a number that nothing speaks for."""
    number = text[start:end]
    groups = _groups(number)
    has_cue = bool(
        _CUE_BEFORE.search(text[max(0, start - 50) : start])
        or _CUE_AFTER.search(text[end : end + 15])
    )
    is_bare = not has_cue and number[0] not in "+(0"
    if groups[-2:] == ["000", "000"] or (is_bare and _is_amount(groups, number)):
        return 0.0
    standing = _standing(number, language)
    if standing == "service":
        return 0.0
    if standing == "valid":
        return 0.95 if has_cue else _by_look(groups, number)
    return _by_cue(groups, number) if has_cue else 0.6 * number.startswith("+")


def _by_cue(groups: list[str], number: str) -> float:
    """How much the words around it say for a number that no plan has; seven digits may count."""
    return 0.85 if len(groups) > 1 or len(number) > 8 else 0.4


def _by_look(groups: list[str], number: str) -> float:
    """How much a number that is valid looks like one."""
    if number[0] == "+" or (number[0] in "(0" and len(groups) > 1):
        return 0.9
    if number[0] == "0" or [len(group) for group in groups[-3:]] == [3, 3, 4]:
        return 0.8
    return 0.0


def _standing(number: str, language: str) -> str:
    """ "valid" somewhere it may come from, "service" for free and premium numbers, or ""."""
    import phonenumbers  # noqa: PLC0415  # five megabytes, for the few texts with digits

    regions: tuple[str, ...]
    if number.startswith("+"):
        number, regions = "+" + number.lstrip("+ "), ("ZZ",)
    elif number.startswith("00"):
        number, regions = "+" + number.lstrip("0"), ("ZZ",)
    else:
        regions = (*_REGIONS.get(language, ()), *_ALWAYS, *(_MORE if language == "en" else ()))
    standing = ""
    for region in regions:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            if phonenumbers.number_type(parsed) not in _service(phonenumbers):
                return "valid"
            standing = "service"
    return standing


def _service(phonenumbers: Any) -> set[int]:
    kinds = phonenumbers.PhoneNumberType
    return {kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN}
