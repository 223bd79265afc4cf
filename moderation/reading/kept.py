"""Rendered pages in memory, and how one is answered."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from moderation.metrics import numbers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Page:
    """One rendered answer, as it is and compressed."""

    etag: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    zipped: bytes

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped)

    def answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """To one reader: whole, compressed, or that it is the same as before."""
        seen = environ.get("HTTP_IF_NONE_MATCH")
        if seen is not None and self.etag in seen:
            numbers.shared.unchanged += 1
            start_response("304 NOT MODIFIED", list(self.headers))
            return []
        numbers.shared.sent += 1
        headers, body = list(self.headers), self.body
        if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            headers.append(("Content-Encoding", "gzip"))
            body = self.zipped
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class Shelf:
    """Pages by key, at most `room` bytes of them; the longest unread go first."""

    def __init__(self, room: int) -> None:
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = threading.Lock()
        self._left = room

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        with self._lock:
            if old := self._pages.pop(key, None):
                self._left += old.size
            self._pages[key] = page
            self._left -= page.size
            while self._left < 0:
                _, unread = self._pages.popitem(last=False)
                self._left += unread.size


@lru_cache(256)  # browsers say one of a few things
def _takes_gzip(accepted: str) -> bool:
    for offer in accepted.lower().split(","):
        name, _, quality = offer.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
