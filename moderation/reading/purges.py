"""A proxy or CDN that keeps threads' pages is told at once which of them have changed.

Told after the commit and by a thread of its own, so that nobody who writes waits for it. It is no
promise: what cannot be told is tried a few times, and a copy lives no longer than CDN_SECONDS.
"""

import json
import threading
import time
from collections.abc import Collection

import structlog
from flask import Flask

from moderation import outgoing
from moderation.errors import ModerationError

EVERY = "threads"  # the name that all pages have
TOGETHER = 0.1  # seconds; what changes meanwhile goes along
MOST = 200  # names at once; more than that, and all pages are meant
PATIENCE = 5.0  # seconds for an answer
TRIES = 4
PAUSE = 1.0  # seconds between two tries

log = structlog.get_logger()


def names(article_id: int, site_id: int) -> list[str]:
    """What a page can be purged by."""
    return [f"article-{article_id}", f"site-{site_id}", EVERY]


def of(app: Flask) -> "Purges | None":
    """What the settings of `app` ask for; nobody keeps pages unless CDN_SECONDS lets them.

    Raises Refused for an address that cannot be asked.
    """
    url = str(app.config["PURGE_URL"])
    if not url or not app.config["CDN_SECONDS"]:
        return None
    outgoing.check_url(url, private=True)
    return Purges(url, str(app.config["PURGE_TOKEN"]))


class Purges:
    """Names of pages on their way to `url`. token: shown there, if any."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Content-Type": "application/json"}
        if token:
            # two habits: that of most, and Fastly's
            self._headers |= {"Authorization": f"Bearer {token}", "Fastly-Key": token}
        self._guard = threading.Lock()
        self._waiting: set[str] = set()
        self._is_running = False

    def moved(self, article_ids: Collection[int | None]) -> None:
        """These articles' pages are others now; None stands for all pages."""
        with self._guard:
            self._waiting |= {EVERY if one is None else f"article-{one}" for one in article_ids}
            if self._is_running:
                return
            self._is_running = True
        # no daemon: a command that ends waits until it has been told
        threading.Thread(target=self._run, name="purges").start()

    def _run(self) -> None:
        while True:
            time.sleep(TOGETHER)
            with self._guard:
                told, self._waiting = self._waiting, set()
                if not told:
                    self._is_running = False
                    return
            self._tell([EVERY] if EVERY in told or len(told) > MOST else sorted(told))

    def _tell(self, told: list[str]) -> None:
        why = ""
        for number in range(TRIES):
            time.sleep(PAUSE * bool(number))
            try:
                status = self._asked(told)
            except ModerationError as error:
                why = error.sentence
            else:
                if 200 <= status < 300:
                    return
                why = f"It answered with {status}."
        log.warning("pages could not be purged; copies end by themselves", pages=told, why=why)

    def _asked(self, told: list[str]) -> int:
        headers = {
            **self._headers,
            "Surrogate-Key": " ".join(told),
            "Cache-Tag": ",".join(told),
        }
        body = json.dumps({"tags": told}).encode()
        answer = outgoing.post(self._url, body, headers, within=PATIENCE, most=65_536, private=True)
        return answer.status
