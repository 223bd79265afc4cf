"""What is counted, and how the processes of one machine count as one.

Each process counts for itself. `serve` and `worker` do it in files of one folder, so that whoever
is asked by `GET /metrics` answers for all of them. Labels are few and known beforehand: routes,
codes and duties, never a path, an id or a name.
"""

import os
import resource
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.registry import Collector

from moderation.metrics.folder import Folder

NAMESPACE = "moderation"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BEAT = 2.0  # seconds between two looks at what is too quick to count one by one
PAGE = resource.getpagesize()

log = structlog.get_logger()


class Shared:
    """Answers with a page that is for everybody. Plain numbers: they are counted in 30 ns.

    sent: whole ones. unchanged: 304. printed: how often Flask had to make one.
    """

    __slots__ = ("printed", "sent", "unchanged")

    def __init__(self) -> None:
        self.sent = self.unchanged = self.printed = 0


class Finished(NamedTuple):
    """A request that Flask answered. statements: how many, and seconds spent in them."""

    method: str
    route: str
    status: int
    seconds: float
    statements: int
    statement_seconds: float


class Numbers:
    """Everything that is counted while it happens."""

    def __init__(self) -> None:
        self.shared = Shared()
        self._finished: deque[Finished] = deque()
        self._telling = threading.Lock()
        self._connections: Callable[[], int] | None = None
        self._folder: Folder | None = None
        self._make()

    def _make(self) -> None:
        self.registry = CollectorRegistry()
        self._told = Shared()
        counter = partial(Counter, namespace=NAMESPACE, registry=self.registry)
        gauge = partial(Gauge, namespace=NAMESPACE, registry=self.registry)
        self._make_of_requests(counter)
        self._make_of_the_record(counter)
        self._make_of_duties(counter, gauge)
        self.processes = gauge("processes", "Processes.", ["kind"], multiprocess_mode="livesum")
        self.memory = gauge(
            "memory_bytes", "Their resident memory.", ["kind"], multiprocess_mode="livesum"
        )
        self.connections = gauge(
            "connections_in_use", "Connections to the database in use.", multiprocess_mode="livesum"
        )

    def _make_of_requests(self, counter: "partial[Counter]") -> None:
        self.requests = counter(
            "requests", "Requests that Flask answered.", ["method", "route", "status"]
        )
        self.request_seconds = Histogram(
            "request_seconds",
            "How long Flask took to answer.",
            ["method", "route"],
            buckets=SECONDS,
            namespace=NAMESPACE,
            registry=self.registry,
        )
        self.shared_pages = counter(
            "shared_pages",
            "Pages for everybody: sent whole, unchanged (304), or printed by Flask for the shelf.",
            ["answer"],
        )
        self.statements = counter("statements", "SQL statements of requests and duties.")
        self.statement_seconds = counter("statement_seconds", "Time spent in them.")
        self.slow_statements = counter("slow_statements", "SQL statements above SLOW_QUERY_MS.")
        self.lock_waits = counter("lock_waits", "Transactions that waited to write to SQLite.")
        self.lock_wait_seconds = counter("lock_wait_seconds", "How long they waited.")

    def _make_of_the_record(self, counter: "partial[Counter]") -> None:
        self.happened = counter("happened", "Events in the record.", ["event"])
        self.comments = counter("comments", "Comments handed in, by first status.", ["outcome"])
        self.reports = counter("reports", "Reports, by track and sender.", ["track", "by"])
        self.decisions = counter("decisions", "Decisions after the first.", ["action", "by"])

    def _make_of_duties(self, counter: "partial[Counter]", gauge: "partial[Gauge]") -> None:
        self.duty_success = gauge(
            "duty_last_success_timestamp_seconds",
            "When a duty last went well, in seconds since 1970.",
            ["duty"],
            multiprocess_mode="max",
        )
        self.duty_failures = counter("duty_failures", "Turns that went wrong.", ["duty"])
        self.mail = counter("mail", "Letters tried: sent, later, or dead (given up).", ["outcome"])
        self.mail_up = gauge(
            "mail_up", "Whether the mail server answered last.", multiprocess_mode="mostrecent"
        )

    def share(self, instance: Path, kind: str, connections: Callable[[], int]) -> None:
        """From now on count together with the others of this instance folder; begin anew at 0.

        Without room on the disk it counts alone, and says so in the log.
        kind: "web" or "worker". connections: how many are in use here. Call it after a fork.
        """
        folder, self._connections = Folder(instance), connections
        try:
            folder.join()
        except OSError as error:
            log.warning("no room to count together", why=os.strerror(error.errno or 0))
        else:
            self._folder = folder
            self._make()
        self._beat(kind)
        threading.Thread(target=self._keep_beating, args=(kind,), daemon=True).start()

    def finished(self, request: Finished) -> None:
        """Count it within BEAT seconds: it costs least when nobody waits for it."""
        self._finished.append(request)
        if self._folder is None:
            self._tell()

    def asked(self, count: int, seconds: float) -> None:
        """count: of statements. seconds: spent in them."""
        if count:
            self.statements.inc(count)
            self.statement_seconds.inc(seconds)

    @contextmanager
    def everybodys(self) -> Iterator[Collector]:
        """What all processes counted; nobody who is gone is counted as being there."""
        self._tell()
        if self._folder is None:
            yield self.registry
            return
        with self._folder.together() as collector:
            yield collector

    def _keep_beating(self, kind: str) -> None:
        pause = threading.Event()
        while not pause.wait(BEAT):
            self._beat(kind)

    def _beat(self, kind: str) -> None:
        self._tell()
        self.processes.labels(kind).set(1)
        self.memory.labels(kind).set(_memory())
        if self._connections is not None:
            self.connections.set(self._connections())

    def _tell(self) -> None:
        """What is too quick to be counted one by one."""
        with self._telling:
            for _ in range(len(self._finished)):
                self._count(self._finished.popleft())
            for name in Shared.__slots__:
                now = getattr(self.shared, name)
                self.shared_pages.labels(name).inc(now - getattr(self._told, name))
                setattr(self._told, name, now)

    def _count(self, request: Finished) -> None:
        method, route, status, seconds, count, spent = request
        self.requests.labels(method, route, f"{status // 100}xx").inc()
        self.request_seconds.labels(method, route).observe(seconds)
        self.asked(count, spent)


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


numbers = Numbers()
