"""Signed requests between servers, as Standard Webhooks 1.0 has them: HMAC-SHA256 over
`id.timestamp.body`, in three headers. Pure: keys and time are given.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from moderation.errors import NotAllowed, Refused

HEADERS = ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = 300  # seconds that two clocks may differ


def headers(keys: Sequence[bytes], id_: str, body: bytes, now: datetime) -> dict[str, str]:
    """What a request carries: one signature for each key, so that a key can be changed."""
    timestamp = str(int(now.timestamp()))
    signed = " ".join(_signature(key, id_, timestamp, body) for key in keys)
    return {ID: id_, TIMESTAMP: timestamp, SIGNATURE: signed}


def check(
    keys: Sequence[bytes], id_: str, given: Mapping[str, str], body: bytes, now: datetime
) -> None:
    """Raises Refused or NotAllowed, with a sentence, unless `body` is signed by one of `keys`.

    id_: what the request must say it is about, so that none can be sent to another place.
    """
    missing = [name for name in HEADERS if not given.get(name)]
    if missing:
        raise Refused(f"The request is not signed: {missing[0]} is missing.")
    if given[ID] != id_:
        raise Refused(f"{ID} is not the id in the address.")
    timestamp = given[TIMESTAMP]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise Refused(f"{TIMESTAMP} is not a whole number of seconds since 1970.")
    if abs(int(timestamp) - now.timestamp()) > TOLERANCE:
        raise Refused(f"{TIMESTAMP} is more than five minutes from our clock. Sign it anew.")
    expected = [_signature(key, id_, timestamp, body).encode() for key in keys]
    signed = given[SIGNATURE].encode("utf-8", "replace").split(b" ")[:10]
    if not any(hmac.compare_digest(one, other) for one in signed for other in expected):
        raise NotAllowed("The signature does not fit. Sign the body's bytes with our secret.")


def in_words(key: bytes) -> str:
    """A key as it is handed over, such as "whsec_…"."""
    return f"whsec_{b64encode(key).decode()}"


def _signature(key: bytes, id_: str, timestamp: str, body: bytes) -> str:
    content = f"{id_}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.new(key, content, sha256).digest()).decode()}"
