"""Who may read the numbers: this machine itself, or who shows the token."""

import hmac
from ipaddress import ip_address

from flask import current_app, request
from werkzeug.sansio.utils import get_host

from moderation.errors import NotAllowed

# who says any of these is not the one who asks
FORWARDED = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Forwarded",
    "Via",
)
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})


def check() -> None:
    """Raises NotAllowed. With a token it is asked of everybody, whoever they are."""
    token = str(current_app.config["METRICS_TOKEN"])
    if not (_shows(token) if token else _is_here()):
        raise NotAllowed("These numbers are for who runs the service.")


def _shows(token: str) -> bool:
    given = request.authorization
    shown = given.token if given is not None and given.type == "bearer" else None
    return hmac.compare_digest((shown or "").encode(), token.encode())


def _is_here() -> bool:
    """Straight from this machine: a proxy that runs here too speaks for others."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        from_here = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    # a page elsewhere may have its own name lead here, and a proxy mostly passes the name on
    name = get_host("http", request.headers.get("Host", "")).rpartition(":")
    return from_here and (name[0] or name[2]) in HERE
