"""Passwords: what we take, how they are kept (Argon2id), and whether one is right."""

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from moderation import crowd
from moderation.errors import Refused

SHORTEST, LONGEST = 10, 200  # characters

# 19 MiB, two passes, one lane: about 20 ms
_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)

# long enough for us, and among the first that anybody tries; lower case
COMMONPLACE = frozenset((Path(__file__).parent / "commonplace.txt").read_text("ascii").split())


def refusal(password: str, *, email: str) -> str | None:
    """Why we do not take `password`, as a sentence; None if we do."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return f"Use {SHORTEST} characters or more."
    if len(password) > LONGEST:
        return f"Use {LONGEST} characters or fewer."
    if email and email.casefold() in plain:
        return "Your e-mail address is in this password. Choose another one."
    if plain in COMMONPLACE or not plain.strip():
        return "This is among the first passwords anybody would try. Choose another one."
    return None


def hashed(password: str, *, email: str) -> str:
    """What to keep of a new password. Takes about 20 ms: call it outside a transaction.

    Raises Refused if it is too weak, saying why.
    """
    if sentence := refusal(password, email=email):
        raise Refused(sentence)
    return rehashed(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one behind `kept`; None takes just as long and is never right."""
    try:
        with crowd.aside():
            _hasher.verify(kept or _nobodys(), _as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether `kept` was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def rehashed(password: str) -> str:
    """A known password again, with today's parameters."""
    with crowd.aside():
        return _hasher.hash(_as_bytes(password))


def _as_bytes(password: str) -> bytes:
    """The same letters typed on two machines are the same password."""
    if len(password) > LONGEST:
        password = password[: LONGEST + 1]  # nobody has one so long; do not let it cost us
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody signs in with this")
