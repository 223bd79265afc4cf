"""What scanners find, and what each of it means here."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = """\
# What scanners find

Written by `make scan`: {versions}; {minutes:.0f} minutes.
It scans `moderation demo` with its rate limits off, as nobody in particular and signed in.
Requests that failed inside (500): **{broken}**. Findings that nothing explains: **{unexplained}**.

| scanner | as | looked at | findings |
|---|---|---|---:|
"""
CLICKS = (
    "It asks for the older header of the two: every answer carries `frame-ancestors 'none'`, which "
    "browsers obey (`tests/security/test_headers.py`)."
)
TOKENS = (
    "It knows tokens only. Forms for readers who are not signed in carry none, so that all get the "
    "same bytes: `Origin` and `Sec-Fetch-Site` guard them, and every form is sent from elsewhere "
    "in `tests/security/test_matrix.py`."
)
UNCHECKED = (
    "It compared two refusals: what it typed was not taken either, and the page says 422 to both. "
    "`tests/security/test_forms.py` sends each form as its page has it, but with another token or "
    "none, and nothing is stored."
)
LDAP = (
    "There is no LDAP in the product. It saw that some words are published at once and others are "
    "asked about first, which is what the form is for."
)
LOG = "There is no LDAP in the product. Other words find other decisions in the log."
PLAIN = (
    "The scan speaks http to its own machine. Where a site's address is https the cookie is Secure "
    "(`tests/security/test_headers.py`)."
)
# the scanner's kind, a pattern for what it says and where, and why it is no hole
MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("Clickjacking Protection", "X-Frame-Options is not set", CLICKS),
    ("Cross Site Request Forgery", "Lack of anti CSRF token", TOKENS),
    ("Cross Site Request Forgery", "'csrf_token' is not properly checked", UNCHECKED),
    ("LDAP Injection", "POST /articles/[^ ]+/comments", LDAP),
    ("LDAP Injection", "GET /review/log", LOG),
    ("Secure Flag cookie", "the cookie : session", PLAIN),
)


@dataclass(frozen=True)
class Finding:
    """who: as whom it was found. where: method and path; what: the scanner's own words."""

    scanner: str
    who: str
    kind: str
    where: str
    what: str


@dataclass(frozen=True)
class Look:
    """One run of one scanner. extent: how much of it there was to see."""

    scanner: str
    who: str
    command: str
    extent: str
    found: list[Finding]


def meaning(finding: Finding) -> str:
    """Why it is no hole; empty if nobody has looked at such a thing."""
    for kind, pattern, why in MEANINGS:
        if kind == finding.kind and re.search(pattern, f"{finding.where} {finding.what}"):
            return why
    return ""


def written(looks: Sequence[Look], versions: str, *, broken: int, minutes: float) -> str:
    found = [one for look in looks for one in look.found]
    unexplained = sum(not meaning(one) for one in found)
    head = HEAD.format(versions=versions, minutes=minutes, broken=broken, unexplained=unexplained)
    rows = "".join(
        f"| {look.scanner} | {look.who} | {look.extent} | {len(look.found)} |\n" for look in looks
    )
    return f"{head}{rows}\n## Findings\n\n{_explained(found)}\n## Commands\n\n{_commands(looks)}"


def _explained(found: Sequence[Finding]) -> str:
    if not found:
        return "None.\n"
    kinds = Counter((one.scanner, one.kind, meaning(one)) for one in found)
    lines = []
    for (scanner, kind, why), times in sorted(kinds.items()):
        like = next(
            one for one in found if (one.scanner, one.kind, meaning(one)) == (scanner, kind, why)
        )
        told = f"“{like.what.strip().splitlines()[0]}” at `{like.where}`"
        lines.append(
            f"- **{kind}** ({scanner}, {times} times): {told}. {why or 'NOT EXPLAINED.'}\n"
        )
    return "".join(lines)


def _commands(looks: Sequence[Look]) -> str:
    return "".join(f"    {look.command}\n" for look in looks)
