"""A detail: a stretch of text that leads to one person."""

from collections.abc import Mapping
from dataclasses import dataclass

# kind → as a moderator reads it
KINDS: Mapping[str, str] = {
    "email": "an e-mail address",
    "phone": "a phone number",
    "iban": "a bank account (IBAN)",
    "card": "a payment card number",
    "address": "a postal address",
    "id": "a national identity number",
    "document": "the number of a document or an account",
    "ip": "an IP address",
    "birth": "a date of birth",
}


@dataclass(frozen=True, slots=True)
class Detail:
    """kind: one of KINDS. start, end: in the copy that was looked at. probability: that it is a
    private person's; estimated from how much speaks for it, and measured by kind.
    """

    kind: str
    start: int
    end: int
    probability: float

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter, digit or _ goes on before or after it."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not (before.isalnum() or after.isalnum() or "_" in {before, after})
