"""The secret we share with a checker: made, never stored, changed with an overlap. Pure."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from moderation.screening.remote.models import RemoteChecker

OVERLAP = timedelta(days=1)


def new_salt() -> str:
    return secrets.token_urlsafe(32)


def key(secret_key: str, checker: RemoteChecker) -> bytes:
    """The newest secret, 32 bytes. secret_key: the installation's."""
    return _made(secret_key, checker.site_id, checker.salt)


def keys(secret_key: str, checker: RemoteChecker, now: datetime) -> list[bytes]:
    """What is good now: the newest, and for OVERLAP the one before."""
    good = [key(secret_key, checker)]
    if checker.old_salt and checker.old_until and checker.old_until > now:
        good.append(_made(secret_key, checker.site_id, checker.old_salt))
    return good


def change(checker: RemoteChecker, now: datetime) -> None:
    """A new secret; the one before is good for OVERLAP."""
    checker.old_salt, checker.old_until = checker.salt, now + OVERLAP
    checker.salt, checker.salt_made_at = new_salt(), now


def _made(secret_key: str, site_id: int, salt: str) -> bytes:
    content = f"remote checker:{site_id}:{salt}".encode()
    return hmac.new(secret_key.encode(), content, sha256).digest()
