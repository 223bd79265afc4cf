"""Personal data: what leads to one private person, by shapes and checksums, not by names."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from moderation.screening.phases.addresses import addresses
from moderation.screening.phases.details import KINDS, Detail, stands_alone
from moderation.screening.phases.links import links_in
from moderation.screening.phases.numbers import numbers
from moderation.screening.phases.patterns import compiled
from moderation.screening.phases.phones import phones
from moderation.screening.phases.plain import plain
from moderation.screening.phases.wording import listed, number, sentence
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding, Span

MOST = 50  # details told about

DEFAULT_BARS: Mapping[str, tuple[float | None, float | None]] = {
    "personal:email": (0.5, None),
    "personal:phone": (0.5, 0.8),
    "personal:iban": (0.5, 0.8),
    "personal:card": (0.5, 0.8),
    "personal:address": (0.5, 0.75),
    "personal:id": (0.5, 0.8),
    "personal:document": (0.5, 0.8),
    "personal:ip": (0.5, None),
    "personal:birth": (0.5, None),
}

_DIGITS = frozenset("0123456789")
_MAIL = compiled(
    r"[\pL\pN._%+'-]+@(?:[\pL\pN-]+\.)+\pL{2,24}"
    r"|[\pL\pN._%+-]+ ?[\[(]at[\])] ?[\pL\pN-]+ ?(?:\.|[\[(]dot[\])]) ?[\pL\pN.]{2,}",
    ignore_case=True,
)
# nobody's own: an office reads them
_OFFICES = listed(
    "admin comments contact customerservice editor editorial enquiries feedback hello help info"
    " letters mail media news newsdesk newsroom office postmaster press sales support tips"
    " webmaster"
)
_OFFICIAL = (".gov", ".gov.uk", ".gov.ie", ".mil", ".europa.eu", "oireachtas.ie", "parliament.uk")


def find(subject: Subject) -> Sequence[Finding]:
    """One finding for each kind, as sure as the surest of its details.

    Looked for once in a subject, though two phases ask.
    """
    kept = subject.extra.get("personal")
    if not isinstance(kept, tuple):
        kept = subject.extra["personal"] = tuple(_findings(subject))
    return kept


def _findings(subject: Subject) -> Iterator[Finding]:
    by_kind: dict[str, list[tuple[Span, float]]] = {}
    for kind, span, sure in found(subject.text, subject.language):
        by_kind.setdefault(kind, []).append((span, sure))
    for kind, places in by_kind.items():
        said = f"gives away {KINDS[kind]}"
        if len(places) > 1:
            said += f", and {number(len(places) - 1)} more"
        yield Finding(
            checker=f"personal:{kind}",
            score=max(sure for _, sure in places),
            clause="personal-data",
            spans=[span for span, _ in places],
            why=[sentence(said)],
        )


def found(text: str, language: str = "en") -> list[tuple[str, Span, float]]:
    """(kind, where, probability) of what `text` gives away, in its order.

    language: the site's, which says whose phone numbers are written without their country.
    """
    copy = plain(text)
    details = sorted(_details(copy.text, language), key=lambda detail: detail.start)
    return [
        (detail.kind, copy.span(detail.start, detail.end), detail.probability)
        for detail in details[:MOST]
    ]


def _details(text: str, language: str) -> list[Detail]:
    """What is surest first; what is taken for one thing is not taken for another."""
    kept = list(_mails(text))
    if _DIGITS.isdisjoint(text):
        return kept
    taken = bytearray(len(text))
    places: list[Span | Detail] = [*(link.span for link in links_in(text)), *kept]
    for place in places:
        taken[place.start : place.end] = b"\1" * (place.end - place.start)
    for look in (numbers(text, language), addresses(text), phones(text, language)):
        for detail in look:
            if not any(taken[detail.start : detail.end]):
                taken[detail.start : detail.end] = b"\1" * (detail.end - detail.start)
                kept.append(detail)
    return kept


def _mails(text: str) -> Iterator[Detail]:
    if "@" not in text and "at)" not in text and "at]" not in text:
        return
    for match in islice(_MAIL.finditer(text), MOST):
        start, end = match.span()
        if stands_alone(text, start, end):
            yield Detail("email", start, end, 0.3 if _is_official(text[start:end]) else 0.95)


def _is_official(address: str) -> bool:
    name, _, host = address.lower().partition("@")
    return name in _OFFICES or host.endswith(_OFFICIAL)
