"""Words as the log keeps and seeks them: without capitals, accents and signs. Pure."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
LONGEST = 100  # PostgreSQL refuses to look for a word above 2 KB


def words(text: str) -> list[str]:
    """Letters and digits only, so that every database cuts what they make in the same places."""
    spelt = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in spelt if not unicodedata.combining(sign))
    return [word[:LONGEST] for word in WORD.findall(plain)]
