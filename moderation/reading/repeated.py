"""The same request again, and nothing was committed in between: answered from a look-up.

It stands in front of everything and knows a request by its raw parts. What it keeps was offered by
`shared`, which had asked the database; after a second it is looked up there again, whatever the
stamps say.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING
from weakref import ref

from moderation import clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from moderation.reading.kept import Page
    from moderation.reading.stamps import Stamps

OFFERED = "moderation.offered_page"
TRUSTED = 1.0  # seconds
# of a request, besides cookies
PARTS = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "wsgi.url_scheme")
FORWARDED = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")
MOST_KEPT = 8192  # requests; the pages themselves are kept by `shared`


@dataclass(frozen=True, slots=True)
class Offer:
    """A page, fresh from the database. ends: when it is another one without any change."""

    page: "Page"
    article_id: int
    ends: datetime | None


@dataclass(slots=True)
class _Kept:
    page: "ref[Page]"  # gone when `shared` has no room for it
    article_id: int
    ends: datetime | None
    stamp: bytes | None
    until: float

    def holds(self, stamp: bytes | None) -> bool:
        if stamp is None or stamp != self.stamp or monotonic() >= self.until:
            return False
        return self.ends is None or clock.now() < self.ends


class Repeated:
    """WSGI in front of WSGI, outermost."""

    def __init__(
        self, inner: "WSGIApplication", *, stamps: "Stamps", cookie: str, proxies: int
    ) -> None:
        self.inner = inner
        self._stamps = stamps
        self._cookie = cookie
        self._parts = PARTS + FORWARDED * bool(proxies)
        self._kept: dict[Hashable, _Kept] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        cookies = environ.get("HTTP_COOKIE")
        if cookies is not None and self._cookie in cookies:
            return self.inner(environ, start_response)
        asked = tuple(map(environ.get, self._parts))
        kept = self._kept.get(asked)
        # before anybody looks into the database: what comes later moves it
        stamp = None if kept is None else self._stamps.now(kept.article_id)
        if kept is not None and kept.holds(stamp) and (page := kept.page()) is not None:
            return page.answer(environ, start_response)
        answer = self.inner(environ, start_response)
        offer: Offer | None = environ.get(OFFERED)
        if offer is not None:
            self._keep(asked, offer, stamp)
        return answer

    def _keep(self, asked: Hashable, offer: Offer, stamp: bytes | None) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[asked] = _Kept(
            ref(offer.page), offer.article_id, offer.ends, stamp, monotonic() + TRUSTED
        )
