"""Reading a thread: against the floor, against others, and long against short."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.bench import crowd, load, newsroom, peers, serving
from tests.bench.run import Run
from tests.bench.serving import Server
from tests.bench.table import Figure, interleaved

CONNECTIONS = 32
SHORT, LONG = (f"/articles/{name}" for name, _ in (newsroom.SHORT, newsroom.LONG))
# what Remark42, which keeps rendered answers in memory, was measured at on the same machine
REMARK42 = 1.9  # × the Flask view
FLOOR = "a bare WSGI function on granian"
FLASK = f"a Flask view on gunicorn × {REMARK42}, Remark42's rate"


@dataclass(frozen=True)
class Servers:
    """All at once, so that rounds can take turns."""

    one: Server  # ours, as it comes: SQLite, one worker
    two: Server  # ours, SQLite, two workers
    outgrown: Server  # ours, PostgreSQL and Valkey, two workers
    bare: Server
    bare_two: Server
    flask: Server
    isso: Server


def measure(run: Run) -> list[Figure]:
    with _servers(run) as servers:
        took = interleaved(run.rounds, _measures(run, servers), "reading")
    floor, floor_two = took["bare"], took["bare, two"]
    flask = [REMARK42 * rate for rate in took["flask"]]

    def rates(
        name: str, ours: str, against: str, theirs: list[float], goal: float | None
    ) -> Figure:
        return Figure(name, "req/s", took[ours], against, theirs, goal)

    return [
        rates("thread of 50, SQLite", "one", FLOOR, floor, 0.7),
        rates("thread of 50, SQLite, two workers", "two", f"{FLOOR}, two workers", floor_two, 0.7),
        rates("thread of 50, PostgreSQL and Valkey, two workers", "outgrown",
              f"{FLOOR}, two workers", floor_two, 0.3),
        rates("thread of 50, SQLite, two workers", "two", FLASK, flask, 2),
        rates("thread of 50, SQLite", "one", "Isso", took["isso"], None),
        rates("304, SQLite", "unchanged", "200", took["one"], 1),
        Figure("thread of 1,000, first page, kept", "ms", took["long"], "the thread of 50",
               took["short"], 1.2, at_least=False),
        Figure("thread of 1,000, first page, drawn for one reader", "ms", took["long, drawn"],
               "the thread of 50", took["short, drawn"], 1.2, at_least=False),
    ]  # fmt: skip


@contextmanager
def _servers(run: Run) -> Iterator[Servers]:
    with ExitStack() as stack:
        enter = stack.enter_context
        one = enter(serving.ours(run.copy("one")))
        answer = serving.keep_answer(one, SHORT, run.folder / "answer")
        yield Servers(
            one=one,
            two=enter(serving.ours(run.copy("two"), workers=2)),
            outgrown=enter(serving.ours(run.empty("outgrown"), workers=2, **run.outgrown())),
            bare=enter(serving.bare(answer, workers=1)),
            bare_two=enter(serving.bare(answer, workers=2)),
            flask=enter(peers.plain_flask(answer)),
            isso=enter(peers.isso(run.folder / "isso", dict([newsroom.SHORT]))),
        )


def _measures(run: Run, at: Servers) -> dict[str, Callable[[], float]]:
    _, headers, _ = at.one.get(SHORT)
    short, unchanged = load.get(SHORT), load.get(SHORT, If_None_Match=headers["etag"])
    return {
        "bare": rate(run, at.bare, load.get("/")),
        "one": rate(run, at.one, short),
        "unchanged": rate(run, at.one, unchanged),
        "bare, two": rate(run, at.bare_two, load.get("/")),
        "two": rate(run, at.two, short),
        "outgrown": rate(run, at.outgrown, short),
        "flask": rate(run, at.flask, load.get("/")),
        "isso": rate(run, at.isso, load.get(f"/?uri={newsroom.SHORT[0]}")),
        "short": p50(run, at.one, short),
        "long": p50(run, at.one, load.get(LONG)),
        "short, drawn": p50(run, at.one, crowd.get(1, SHORT)),
        "long, drawn": p50(run, at.one, crowd.get(1, LONG)),
    }


def rate(run: Run, server: Server, *requests: bytes) -> Callable[[], float]:
    """Requests a second at CONNECTIONS connections."""
    load.once(server.port, requests[0])
    return lambda: (
        checked(
            load.drive(server.port, requests, connections=CONNECTIONS, seconds=run.seconds),
            requests[0],
        ).rate
    )


def p50(run: Run, server: Server, *requests: bytes) -> Callable[[], float]:
    """Milliseconds at one connection."""
    load.once(server.port, requests[0])
    return lambda: (
        checked(
            load.drive(server.port, requests, connections=1, seconds=run.seconds / 2),
            requests[0],
        ).p50
    )


def checked(done: load.Load, request: bytes) -> load.Load:
    """A figure of errors is none. request: one of those sent."""
    if done.wrong or not done.done:
        first = request.partition(b"\r\n")[0].decode()
        raise SystemExit(
            f"Of {done.done} answers to {first} and the like {done.wrong} were errors."
        )
    return done
