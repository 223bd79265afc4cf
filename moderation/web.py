"""HTTP habits of the house: headers, where requests come from, errors as pages."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError
from werkzeug.routing import IntegerConverter, Map

from moderation import access, database, errors
from moderation.database import db

STATUS_OF: tuple[tuple[type[errors.ModerationError], int], ...] = (
    (errors.NotAllowed, 403),
    (errors.Missing, 404),
    (errors.Conflict, 409),
    (errors.Throttled, 429),
    (errors.ModerationError, 400),
)

CONTENT_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # what other websites may load from here says so itself
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

HSTS = "max-age=31536000"

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

log = structlog.get_logger()


class IdConverter(IntegerConverter):
    """A number no id can be is an address that does not exist, not an error of the database."""

    def __init__(self, url_map: Map, *args: Any, **given: Any) -> None:
        super().__init__(url_map, *args, **{"max": 2**63 - 1, **given})


def init_app(app: Flask) -> None:
    # for a button that is a form of its own, such as “Sign out”; other forms bring their token
    app.jinja_env.globals["csrf_token"] = generate_csrf
    app.url_map.converters["int"] = IdConverter
    app.before_request(_refuse_other_origins)
    app.before_request(_read_or_write)
    app.after_request(partial(_add_headers, _headers(app)))
    app.teardown_request(lambda _error: database.will_write())
    app.register_error_handler(errors.ModerationError, _show_error)
    app.register_error_handler(HTTPException, _show_http_error)


def see_other(url: str) -> ResponseReturnValue:
    """303: the answer to a POST that went well."""
    return redirect(url, code=303)


def wants_piece() -> bool:
    """Whether a piece of page was asked for."""
    return request.headers.get("X-Piece") == "true"


def local_path(target: str | None, default: str) -> str:
    """`target` if it stays on this site, else `default`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    parts = urlsplit(target)
    plain = not parts.scheme and not parts.netloc and "\\" not in target and target.isprintable()
    return target if plain else default


def writes(view: View) -> View:
    """Marks a GET that stores something: it takes the write lock at its first query."""
    view.writes = True  # type: ignore[attr-defined]  # read by `_read_or_write`
    return view


def reads(view: View) -> View:
    """Marks a POST that rarely stores anything: it asks for the write lock itself if it does."""
    view.writes = False  # type: ignore[attr-defined]  # read by `_read_or_write`
    return view


def begin_to_write() -> None:
    """In a view that `reads`: from now on others who write wait, on SQLite; what was read stays."""
    database.commit_and_keep()
    database.will_write()


def status_of(error: errors.ModerationError) -> int:
    """What HTTP calls it."""
    return next(code for kind, code in STATUS_OF if isinstance(error, kind))


def _read_or_write() -> None:
    """GET takes no write lock and POST does, unless the view is marked; see `database`."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "writes", request.method not in SAFE_METHODS):
        database.will_write()
    else:
        database.will_read()


def _refuse_other_origins() -> None:
    """A browser says where a POST comes from; another site's form is refused."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        ours = origin is None or _host_in(origin) == request.host
    if not ours:
        raise errors.NotAllowed("This form was sent from another website. Open it here and retry.")


def _host_in(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # a broken IPv6 address
        return ""


def _headers(app: Flask) -> dict[str, str]:
    """Of every answer, unless its view says otherwise."""
    policy = CONTENT_POLICY
    if url := app.config["CSP_REPORT_URL"]:
        policy += f"; report-uri {url}"
    found = {**SECURITY_HEADERS, "Content-Security-Policy": policy}
    if app.config["SESSION_COOKIE_SECURE"]:  # readers come by https, whatever the proxy speaks
        found["Strict-Transport-Security"] = HSTS
    return {**found, "Cache-Control": "private, no-store"}


def _add_headers(headers: Mapping[str, str], response: Response) -> Response:
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    return response


def _show_error(error: errors.ModerationError) -> ResponseReturnValue:
    _let_go()
    code = status_of(error)
    headers = {}
    if isinstance(error, errors.Throttled):
        headers["Retry-After"] = str(error.retry_after)
    return _error_page(error.sentence, code), headers


SENTENCES = {
    400: "We could not read what was sent. Go back and try again.",
    403: "You may not do this.",
    404: "There is no such page. It may have moved; start from the articles.",
    405: "This address does not take that kind of request.",
    413: "What was sent is too long for us to take.",
    500: "Something broke on our side. It has been noted; try again in a moment.",
}


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error
    _let_go()
    code = error.code or 500
    if isinstance(error, InternalServerError):
        log.error("request failed", exc_info=error.original_exception or error)
    return _error_page(SENTENCES.get(code, error.description or ""), code)


TITLES = {403: "Not allowed", 404: "Not found", 409: "Nothing was changed", 429: "Too often"}


def _error_page(sentence: str, code: int) -> Response:
    plain = Response(f"{sentence}\n", code, mimetype="text/plain")
    if isinstance(request.routing_exception, BadHost):
        return plain
    try:
        return Response(_drawn(sentence, code), code)
    except errors.Missing:  # no site answers at this address, and every page is some site's
        return plain
    except SQLAlchemyError:  # who reads it cannot be asked right now
        _let_go()
        return plain


def _let_go() -> None:
    """Nothing of it is stored."""
    with suppress(SQLAlchemyError):  # nor if the connection is gone
        db.session.rollback()


def _drawn(sentence: str, code: int) -> str:
    number = access.number()
    if wants_piece():
        told = f"{sentence} Tell us this number: {number}" if code >= 500 else sentence
        return render_template("_notice.html", kind="error", sentence=told)
    title = TITLES.get(code, "That did not work" if code < 500 else "Our mistake")
    return render_template("error.html", title=title, sentence=sentence, number=number)
