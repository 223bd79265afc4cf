"""Rules to begin from, shown beside the form."""

from collections.abc import Sequence

EXAMPLES: Sequence[tuple[str, str]] = (
    ("Many links", "comment.links > 3"),
    ("A first comment with a link", "author.is_first && comment.links > 0"),
    (
        "Words of an offer, whoever writes them",
        "comment.normal.contains('free money') || comment.text.matches(r'(?i)act +now')",
    ),
    ("Mostly capitals, and long", "comment.capitals > 0.6 && comment.length > 80"),
    ("Links to certain sites", "comment.domains.exists(d, d in ['example.org', 'example.net'])"),
    (
        "The model is unsure, and the author was hidden before",
        "risk.attack > 0.4 && author.decided >= 10 && author.restricted_share > 0.3",
    ),
    (
        "Two different checks name a clause",
        "size(verdicts.filter(v, v.clause != '' && v.score > 0.5)) >= 2",
    ),
    (
        "A word list, but only under court reports",
        "article.slug.startsWith('court-') && flags['words:abuse'] > 0.0",
    ),
    (
        "The same text again, from a new account",
        "comment.alike >= 2 && author.age_days < 1",
    ),
    (
        "Disguised words in a burst from one connection",
        "comment.hidden_characters && author.network_in_ten_minutes > 5",
    ),
)
