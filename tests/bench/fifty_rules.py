"""Fifty rules as newsrooms write them: what is asked on a large publisher's site."""

from collections.abc import Iterator

from sqlalchemy import insert

from moderation import ids
from moderation.database import db
from moderation.screening.rulebook.examples import EXAMPLES
from moderation.screening.rulebook.models import Rule
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites
from moderation.sites.models import Site

OFFERS = (
    r"(?i)work(ing)? from home",
    r"(?i)\bearn(ed|ing)? .{0,20}(day|week|month)",
    r"(?i)whats ?app .{0,12}[0-9]{6,}",
    r"(?i)act +now",
    r"(?i)(bit|crypto)coin.{0,40}(profit|invest)",
    r"(?i)loan .{0,20}(approved|hours)",
    r"(?i)visit my (site|page|profile|channel)",
    r"(?i)lost .{0,20}(wallet|funds).{0,60}recover",
)
PHRASES = (
    "go back to where you came from",
    "do your own research",
    "wake up people",
    "fake news media",
    "paid shill",
    "kill yourself",
    "you people are all",
    "string them up",
)


def add(site: Site) -> int:
    """Store them, live; how many."""
    rows = [
        {
            "id": ids.new(),
            "site_id": site.id,
            "name": f"rule-{number}",
            "version": 1,
            "expression": expression,
            "clause_code": "spam",
            "mode": PhaseMode.LIVE,
            "hold": False,
            "dry_run_id": 0,
        }
        for number, expression in enumerate(_expressions())
    ]
    db.session.execute(insert(Rule), rows)
    sites.renew_screening(site)
    return len(rows)


def _expressions() -> Iterator[str]:
    yield from (expression for _, expression in EXAMPLES)  # ten
    for pattern in OFFERS:
        yield f"author.age_days < 30.0 && comment.text.matches(r'{pattern}')"
    for phrase in PHRASES:
        yield f"comment.normal.contains('{phrase}')"
    for share in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        yield f"risk.attack > {share} && author.restricted_share > {1 - share:.1f}"
        yield f"risk.hate > {share} && article.comments > {share * 1000:.0f}"
    for links in (2, 3, 5, 8):
        yield f"comment.links >= {links} && author.comments < {links * 5}"
        yield f"comment.domains.exists(d, d.endsWith('.example{links}') || d == 'a{links}.example')"
    for section in ("court-", "live-", "budget-"):
        yield f"article.slug.startsWith('{section}') && comment.is_reply && risk.attack > 0.15"
    yield "verdicts.exists(v, v.phase == 'noise' && v.score > 0.9) && comment.words < 12"
