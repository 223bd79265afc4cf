"""Every request has a number, one line in the log, and its place in what is counted.

The line says what was asked for by its route, never by its path: some carry tokens. It has no
address, no name, no query and no words of anybody's.
"""

import re
import secrets
from time import perf_counter

import structlog
from flask import Flask, Response, current_app, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from moderation import statements
from moderation.metrics import numbers

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
NO_ROUTE = "none"  # nothing of ours is there
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# asked every few seconds by machines; only trouble is worth a line
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Before all other hooks, so that it begins first and ends last."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _error: clear_contextvars())
    app.extensions["access_log"] = app.config["ACCESS_LOG"] == "on" and not app.config["DEMO"]


def route() -> str:
    """The rule that the request's path matches, such as "/articles/<slug>"."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


def _begin() -> None:
    g.request_id = _given() or secrets.token_hex(6)
    g.tally = statements.begin()
    clear_contextvars()
    bind_contextvars(request_id=g.request_id, route=route())
    g.began_at = perf_counter()


def _given() -> str | None:
    """What a proxy that we trust calls it, if it is nothing strange."""
    if not current_app.config["TRUSTED_PROXIES"]:
        return None
    found = request.headers.get(HEADER, "")
    return found if _WELL_FORMED.fullmatch(found) else None


def _end(response: Response) -> Response:
    seconds = perf_counter() - g.began_at
    rule, status = route(), response.status_code
    method = request.method if request.method in METHODS else "other"
    response.headers[HEADER] = g.request_id
    numbers.requests.labels(method, rule, f"{status // 100}xx").inc()
    numbers.request_seconds.labels(method, rule).observe(seconds)
    statements.end(g.tally)
    if current_app.extensions["access_log"] and not (rule in PROBES and status < 400):
        _tell(method, response, seconds)
    return response


def _tell(method: str, response: Response, seconds: float) -> None:
    role = g.get("role")
    log.info(
        "request",
        method=method,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        bytes=response.calculate_content_length(),
        statements=g.tally.count,
        database_ms=round(g.tally.seconds * 1000, 1),
        role=role.value if role else None,
        site=g.get("site_slug"),
    )
