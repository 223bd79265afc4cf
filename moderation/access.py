"""Every request has a number, one line in the log, and its place in what is counted.

The line says what was asked for by its route, never by its path: some carry tokens. It has no
address, no name, no query and no words of anybody's.
"""

import random
import re
from dataclasses import dataclass
from time import perf_counter
from typing import cast

from flask import Flask, Response, g, request

from moderation import logs, statements
from moderation.metrics import Finished, numbers
from moderation.statements import Tally

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
NO_ROUTE = "none"  # nothing of ours is there
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# asked every few seconds by machines; only trouble is worth a line
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that has begun."""

    number: str
    route: str
    tally: Tally
    began_at: float


def init_app(app: Flask) -> None:
    """Before all other hooks, so that it begins first and ends last."""
    app.extensions["access_log"] = app.config["ACCESS_LOG"] == "on" and not app.config["DEMO"]
    # `app` by hand: every look through `current_app` costs as much as a count
    app.before_request(lambda: _begin(app))
    app.after_request(lambda response: _end(app, response))
    app.teardown_request(lambda _error: logs.about())


def number() -> str:
    """What the present request is called, in the log and to whoever sent it."""
    return cast("Seen", g.seen).number


def _begin(app: Flask) -> None:
    rule = request.url_rule
    route = rule.rule if rule else NO_ROUTE
    given = _given() if app.config["TRUSTED_PROXIES"] else None
    # nothing depends on its being hard to guess
    called = given or f"{random.getrandbits(48):012x}"
    logs.about(request_id=called, route=route)
    g.seen = Seen(called, route, statements.begin(), perf_counter())


def _given() -> str | None:
    """What a proxy that we trust calls it, if it is nothing strange."""
    found = request.headers.get(HEADER, "")
    return found if _WELL_FORMED.fullmatch(found) else None


def _end(app: Flask, response: Response) -> Response:
    seen: Seen = g.seen
    seconds = perf_counter() - seen.began_at
    statements.end()
    asked = request.method
    method = asked if asked in METHODS else "other"
    response.headers[HEADER] = seen.number
    status, tally = response.status_code, seen.tally
    numbers.finished(Finished(method, seen.route, status, seconds, tally.count, tally.seconds))
    if app.extensions["access_log"] and not (seen.route in PROBES and status < 400):
        _tell(seen, method, response, seconds)
    return response


def _tell(seen: Seen, method: str, response: Response, seconds: float) -> None:
    """By hand, in a tenth of structlog's time: none of these has a sign that JSON would escape."""
    role, site = g.get("role"), g.get("site_slug")
    logs.say(
        f'{{"event": "request", "request_id": "{seen.number}", "method": "{method}", '
        f'"route": "{seen.route}", "status": {response.status_code}, "ms": {seconds * 1000:.1f}, '
        f'"bytes": {response.content_length or 0}, "statements": {seen.tally.count}, '
        f'"database_ms": {seen.tally.seconds * 1000:.1f}, '
        f'"role": "{role.value if role else ""}", "site": "{site or ""}"'
    )
