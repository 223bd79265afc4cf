"""What an article's reference, address and mode may be. Raises Refused with a sentence."""

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from moderation.articles.models import Mode, ModeReason
from moderation.errors import Refused
from moderation.forms import one_line

_SLUG = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._~-]{0,118}[A-Za-z0-9])?", re.ASCII)
# addresses of ours that a slug would hide
_TAKEN = frozenset({"add"})
LONGEST_TITLE = 300
LONGEST_URL = 500
LONGEST_SENTENCE = 500
MOST_TERMS = 100
LONGEST_TERM = 100


def is_slug(text: str) -> bool:
    return _SLUG.fullmatch(text) is not None and text not in _TAKEN


def checked_slug(typed: str) -> str:
    slug = one_line(typed)
    if not is_slug(slug):
        raise Refused(
            "A reference has 1 to 120 letters, digits, dots and hyphens, begins and ends with a "
            "letter or a digit, and is not “add”."
        )
    return slug


def checked_title(typed: str) -> str:
    title = one_line(typed)
    if not title:
        raise Refused("Give the article's headline.")
    if len(title) > LONGEST_TITLE:
        raise Refused(f"A headline has at most {LONGEST_TITLE} characters.")
    return title


def checked_url(typed: str | None) -> str | None:
    """The canonical address, or None if nothing was given."""
    url = one_line(typed)
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:  # a broken IPv6 address
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(url) > LONGEST_URL:
        raise Refused(f"An address begins with https:// and has at most {LONGEST_URL} characters.")
    return url


def check_reason(mode: Mode, reason: ModeReason | None) -> None:
    """Every mode but `open` has a reason, and a sentence that readers see."""
    if mode is not Mode.OPEN and reason is None:
        raise Refused("Choose a reason: editorial, legal or volume.")


def check_sentence(mode: Mode, sentence: str) -> None:
    if mode is Mode.OPEN:
        return
    if not one_line(sentence):
        raise Refused("Tell readers why, in a sentence.")
    if len(one_line(sentence)) > LONGEST_SENTENCE:
        raise Refused(f"The sentence has at most {LONGEST_SENTENCE} characters.")


def check_until(mode: Mode, until: datetime | None, *, now: datetime) -> None:
    if mode is not Mode.OPEN and until is not None and until <= now:
        raise Refused("The end lies in the past. Choose a later one, or none.")


def checked_terms(lines: Iterable[str]) -> list[str]:
    """Contempt terms as typed, one a line, each once; empty lines say nothing."""
    terms = []
    for number, line in enumerate(lines, start=1):
        if term := one_line(line):
            if problem := _term_problem(term):
                raise Refused(f"Line {number}, “{term[:40]}”: {problem}")
            terms.append(term)
    terms = list(dict.fromkeys(terms))
    if len(terms) > MOST_TERMS:
        raise Refused(f"An article has at most {MOST_TERMS} terms; these are {len(terms)}.")
    return terms


def _term_problem(term: str) -> str | None:
    word, goes_on = term.removesuffix("*"), term.endswith("*")
    if len(term) > LONGEST_TERM:
        return f"a term has at most {LONGEST_TERM} characters."
    if "*" in word:
        return "a * stands only once, at the end."
    if sum(map(str.isalnum, word)) < (3 if goes_on else 2):
        return "too short: it would be in nearly every comment."
    return None
