"""Codes of the moment and recovery codes: made, drawn, read as typed. Pure: key and time are given.

Secrets are made from the installation's key and a salt, never stored: the database alone gives
nothing away.
"""

import hmac
import secrets
import unicodedata
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import pyotp
import segno

STEP = 30  # seconds that a code is shown
WINDOW = 1  # steps that a phone's clock may be wrong, either way
DIGITS = 6
RECOVERY_CODES = 10
# no letter looks like a digit or like another letter (Crockford's base 32)
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
READ_AS = str.maketrans("oil", "011")


def new_salt() -> str:
    return secrets.token_urlsafe(32)


def secret(key: str, person_id: int, salt: str) -> str:
    """What the phone is told: 160 bits as 32 letters. key: the installation's."""
    return b32encode(_made(key, f"code:{person_id}:{salt}")[:20]).decode()


def address(secret: str, *, email: str, issuer: str) -> str:
    """The otpauth:// address that an app reads from the square, or opens."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def square(address: str) -> bytes:
    """The QR code as SVG of no size of its own, dark on white on every page, as cameras want it."""
    drawn = BytesIO()
    made = segno.make(address, error="m", micro=False)
    made.save(drawn, kind="svg", border=4, light="#fff", omitsize=True)
    return drawn.getvalue()


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Which step (half minutes since 1970) a typed code belongs to, of those around `now`."""
    if not is_of_the_moment(typed):
        return None
    app, present = pyotp.HOTP(secret, digits=DIGITS), int(now.timestamp()) // STEP
    steps = range(present - WINDOW, present + WINDOW + 1)
    found = [step for step in steps if hmac.compare_digest(app.at(step), typed)]
    return max(found, default=None)


def as_meant(typed: str) -> str:
    """Without spaces and hyphens, small letters, plain digits."""
    plain = unicodedata.normalize("NFKC", typed).lower()
    return "".join(character for character in plain if character.isalnum())


def is_of_the_moment(code: str) -> bool:
    """Whether this is what an app shows, and no recovery code."""
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def recovery(key: str, person_id: int, salt: str) -> list[str]:
    """Ten codes of 16 letters (80 bits), the same for the same salt."""
    seeds = (_made(key, f"recovery:{person_id}:{salt}:{n}") for n in range(RECOVERY_CODES))
    return ["".join(LETTERS[byte % 32] for byte in seed[:16]) for seed in seeds]


def in_fours(code: str) -> str:
    """For reading: "7f3k-…"."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def hashed(person_id: int, code: str) -> str:
    """What is kept of a recovery code. Plain SHA-256: nobody can try out 80 bits."""
    return sha256(f"{person_id}:{code.translate(READ_AS)}".encode()).hexdigest()


def _made(key: str, purpose: str) -> bytes:
    return hmac.new(key.encode(), f"second step:{purpose}".encode(), sha256).digest()
