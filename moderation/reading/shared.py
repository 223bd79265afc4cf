"""The page everybody shares: rendered once per version of the thread, then answered before Flask.

A page for nobody in particular depends on its site, the article's row, the moments when its mode
and its slow mode end, and what was asked; all but the last are read from the database on every
request that `repeated` cannot answer, so a page is never older than the database, in any process.
Who brings a session cookie is passed on.
"""

import gzip
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Flask
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Headers
from werkzeug.http import parse_cookie
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import get_host

from moderation import replicas
from moderation.database import db
from moderation.errors import ModerationError
from moderation.metrics import numbers
from moderation.reading import purges, stamps, touched  # noqa: F401  touched listens
from moderation.reading.asked import Asked, read
from moderation.reading.kept import Page, Shelf
from moderation.reading.repeated import OFFERED, Offer, Repeated
from moderation.reading.state import QUESTION, State, state_of
from moderation.replicas import Replicas

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/articles/"
VERSION = "/version"  # what open pages ask again and again is kept like the pages
WANTED = "moderation.shared_page"
KEPT_BYTES = 24 * 1024 * 1024
CACHE_CONTROL = "public, max-age=0, must-revalidate"
BY_CDN = "public, max-age=0, s-maxage={seconds}"
Answer = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body
REPLACED = frozenset(
    {"content-length", "set-cookie", "date", "cache-control", "vary", "etag", "x-request-id"}
)


def init_app(app: Flask) -> None:
    """Stand in front of `app`, and `repeated` in front of it all.

    What corrects the host by the proxy's headers, if there is a proxy, stands in between.
    """
    with app.app_context():
        engine = db.engine
    templates = Path(app.root_path) / (app.template_folder or "templates")
    cookie, proxies = app.config["SESSION_COOKIE_NAME"], app.config["TRUSTED_PROXIES"]
    found = app.extensions["stamps"] = stamps.of(app, engine)
    app.extensions["purges"] = purges.of(app)
    pages = SharedPages(
        app.wsgi_app,
        engine=engine,
        replicas=replicas.of(app),
        cookie=cookie,
        edition=edition(templates),
        cdn_seconds=app.config["CDN_SECONDS"],
    )
    inner = ProxyFix(pages, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else pages
    app.wsgi_app = Repeated(  # type: ignore[method-assign]
        inner, stamps=found, cookie=cookie, proxies=proxies
    )


def is_wanted(environ: "WSGIEnvironment") -> bool:
    """Whether the page being rendered is for everybody."""
    return WANTED in environ


def edition(folder: Path) -> str:
    """What pages depend on besides the database: another deployment, another edition."""
    found = sha256()
    for path in sorted(folder.rglob("*.html")):
        found.update(path.read_bytes())
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class _NotKept:
    """An answer that is no page."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class SharedPages:
    """WSGI in front of WSGI."""

    def __init__(
        self,
        inner: "WSGIApplication",
        *,
        engine: Engine,
        replicas: Replicas,
        cookie: str,
        edition: str,
        cdn_seconds: int,
    ) -> None:
        self.inner = inner
        self._engine = engine
        self._replicas = replicas
        # compiled once and run by the driver itself: a fifth of the time
        self._question = QUESTION.compile(dialect=engine.dialect)
        self._cookie = cookie
        self._edition = edition
        self._cdn_seconds = cdn_seconds
        self._broken: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._shelf = Shelf(KEPT_BYTES)
        self._press: dict[Hashable, threading.Lock] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        asked = self._for_everybody(environ)
        state = self.state(environ) if asked else None
        if asked is None or state is None:
            return self.inner(environ, start_response)
        is_version = environ["PATH_INFO"].removeprefix(PATH).endswith(VERSION)
        key = (state.shown, asked, is_version, environ["wsgi.url_scheme"])
        page: Page | _NotKept | None = self._shelf.get(key)
        if page is None:
            # one prints it, and whoever wants the same waits for that one
            try:
                with self._press.setdefault(key, threading.Lock()):
                    page = self._shelf.get(key) or self._printed(key, environ, state)
            finally:
                self._press.pop(key, None)
        if isinstance(page, _NotKept):
            start_response(page.status, page.headers)
            return [page.body]
        environ[OFFERED] = Offer(page, state.article_id, state.ends)
        return page.answer(environ, start_response)

    def _for_everybody(self, environ: "WSGIEnvironment") -> Asked | None:
        """What is asked of an article by nobody in particular, else None."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        if self._cookie in cookies and self._cookie in parse_cookie(cookies):
            return None
        # blank ones too, and the first of several: what Flask reads, or another page is kept here
        given = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        query = dict(reversed(given))
        if "reply" in query or "draft" in query:
            return None
        try:
            return read(query)
        except ModerationError:
            return None

    def _drawn(self, environ: "WSGIEnvironment", state: State) -> Answer:
        """By a replica that is at this state, else by the primary."""
        drawn = self._replicas.draw(
            lambda: _whole(self.inner, environ),
            is_there=lambda snapshot: self.state(environ, snapshot) == state,
        )
        return drawn if drawn and drawn[0].startswith("200 ") else _whole(self.inner, environ)

    def state(self, environ: "WSGIEnvironment", by: Connection | None = None) -> State | None:
        """All that the page depends on, by one cheap query to the primary, or in `by`'s
        transaction; None if there is no such article."""
        named = environ["PATH_INFO"].removeprefix(PATH).removesuffix(VERSION)
        slug = named.encode("latin-1").decode("utf-8", "replace")
        if not slug or "/" in slug or "\0" in slug:
            return None
        host = get_host(environ["wsgi.url_scheme"], environ.get("HTTP_HOST"))
        try:
            row = self._ask({"slug": slug, "host": host}, by)
        except (self._broken, SQLAlchemyError):
            return None  # Flask will meet the same, and has a page for it
        if row is None or row[0] is None:  # no such site, no such article
            return None
        return state_of(*row)

    def _ask(self, given: dict[str, str], by: Connection | None) -> tuple[Any, ...] | None:
        places = self._question.positiontup
        parameters: Any = [given[name] for name in places] if places else given
        connection = by.connection if by is not None else self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._question.string, parameters)
            row: tuple[Any, ...] | None = cursor.fetchone()
            cursor.close()
        finally:
            if by is None:
                connection.close()
        return row

    def _printed(
        self, key: Hashable, environ: "WSGIEnvironment", state: State
    ) -> "Page | _NotKept":
        """Rendered by Flask, and put on the shelf."""
        environ[WANTED] = True
        numbers.shared.printed += 1
        status, headers, body = self._drawn(environ, state)
        if not status.startswith("200 "):
            return _NotKept(status, headers, body)
        etag = sha256(f"{self._edition}{key!r}".encode()).hexdigest()[:24]
        kept = [(name, value) for name, value in headers if name.lower() not in REPLACED]
        ours = [
            *self._for_caches(state),
            ("Vary", "Accept-Encoding, Cookie"),
            ("ETag", f'W/"{etag}"'),
        ]
        # mtime 0: the same page is the same bytes everywhere
        zipped = gzip.compress(body, compresslevel=6, mtime=0)
        page = Page(etag, (*kept, *ours), body, zipped)
        self._shelf.put(key, page)
        return page

    def _for_caches(self, state: State) -> list[tuple[str, str]]:
        """How long a page may be kept by others, and by which names it can be purged there."""
        if not self._cdn_seconds:
            return [("Cache-Control", CACHE_CONTROL)]
        names = purges.names(state.article_id, state.site_id)
        return [
            ("Cache-Control", BY_CDN.format(seconds=self._cdn_seconds)),
            ("Surrogate-Key", " ".join(names)),
            ("Cache-Tag", ",".join(names)),
        ]


def _whole(inner: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """An inner answer, complete. A HEAD is rendered like a GET, for the next reader."""
    answers: list[tuple[str, list[tuple[str, str]]]] = []

    def begin(
        status: str, headers: list[tuple[str, str]], _error: Any = None
    ) -> Callable[..., Any]:
        answers.append((status, headers))
        return lambda _bytes: None

    given = inner({**environ, "REQUEST_METHOD": "GET"}, begin)
    try:
        body = b"".join(given)
    finally:
        if hasattr(given, "close"):
            given.close()
    status, headers = answers[-1]
    return status, Headers(headers).to_wsgi_list(), body
