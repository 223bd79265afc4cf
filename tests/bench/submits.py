"""Handing in a comment, on disk when answered: without screening, with all of it, and Isso."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count, cycle, islice

from tests.bench import crowd, load, newsroom, peers, serving, texts
from tests.bench.run import Run
from tests.bench.serving import Server
from tests.bench.table import Figure, interleaved
from tests.bench.threads import CONNECTIONS, checked

MOST = 2500  # comments handed in within a second and a round, at most
MOST_TEXTS = 20_000
TAIL = 10.0  # × the median is the goal for the slowest in a hundred
LONGER = 4  # than reading: what is under way at the end is not counted


def measure(run: Run) -> list[Figure]:
    with ExitStack() as stack:
        enter = stack.enter_context
        off = run.changed(run.copy("off"), newsroom.screening_off)
        servers = {
            "off": enter(serving.ours(off, workers=2)),
            "on": enter(serving.ours(run.copy("on"), workers=2)),
            "isso": enter(peers.isso(run.folder / "isso-submits", _threads())),
        }
        loads: dict[str, list[load.Load]] = {name: [] for name in servers}
        cpu: dict[str, list[float]] = {name: [] for name in servers}
        said = texts.ordinary(run.data, min(run.rounds * MOST, MOST_TEXTS))
        requests = {
            "off": ours(run, said),
            "on": ours(run, said),
            "isso": _to_isso(said),
        }
        interleaved(
            run.rounds,
            {
                name: _one(
                    run, server, requests[name], loads[name], cpu[name], may_fail=name == "isso"
                )
                for name, server in servers.items()
            },
            "handing in",
        )
    return _figures(loads, cpu)


def _figures(loads: dict[str, list[load.Load]], cpu: dict[str, list[float]]) -> list[Figure]:
    rates = {name: [one.rate for one in done] for name, done in loads.items()}
    figures = [
        Figure(f"handing in, screening {how}", "req/s", rates[how], "Isso", rates["isso"], goal)
        for how, goal in (("off", 2.0), ("on", 0.8))
    ]
    figures += [
        Figure(f"handing in, screening {how}, CPU each", "ms", cpu[how], "Isso", cpu["isso"])
        for how in ("off", "on")
    ]
    figures += [
        Figure(
            f"handing in, screening {how}, p99", "ms", [one.p99 for one in loads[how]],
            "its median", [one.p50 for one in loads[how]], TAIL, at_least=False,
        )
        for how in ("off", "on")
    ]  # fmt: skip
    return figures


def _one(
    run: Run,
    server: Server,
    requests: Iterator[bytes],
    loads: list[load.Load],
    cpu: list[float],
    *,
    may_fail: bool,
) -> Callable[[], float]:
    seconds = LONGER * run.seconds
    load.once(server.port, next(requests))

    def measured() -> float:
        sent = list(islice(requests, int(MOST * seconds)))
        before = server.cpu()
        done = load.drive(server.port, sent, connections=CONNECTIONS, seconds=seconds)
        if not may_fail:  # Isso's database is sometimes locked when it writes
            checked(done, sent[0])
        if done.done > len(sent):
            raise SystemExit("More was handed in than was written: raise MOST.")
        loads.append(done)
        cpu.append((server.cpu() - before) * 1000 / done.done)
        return done.rate

    return measured


def ours(run: Run, said: list[str]) -> Iterator[bytes]:
    """Everybody in turn, under the busy articles in turn."""
    people = (1 + number % (run.people - 1) for number in count())
    return crowd.submissions(people, cycle(_threads()), cycle(said))


def _to_isso(said: list[str]) -> Iterator[bytes]:
    for address, text in zip(cycle(_threads()), cycle(said), strict=False):
        body = json.dumps({"text": text, "author": "Reader", "email": None, "title": address})
        yield crowd.post_json(f"/new?uri={address}", body)


def _threads() -> dict[str, int]:
    """Where comments are handed in, in each publication, and how many there are."""
    return {newsroom.slug(number): newsroom.THREAD for number in range(newsroom.BUSY)}
