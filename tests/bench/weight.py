"""What the whole service weighs: idle on a small machine, and with two workers under load."""

import threading
import time
from itertools import islice

from tests.bench import crowd, load, serving, submits, texts
from tests.bench.run import Run
from tests.bench.serving import Server
from tests.bench.table import Figure
from tests.bench.threads import CONNECTIONS, LONG, SHORT, checked

IDLE, LOADED = 180.0, 350.0  # MB
SETTLES = 5.0  # seconds
FIRST = 20  # comments
NAME = "memory, all processes, {}"


def measure(run: Run) -> list[Figure]:
    said = texts.others(run.data, 2000, but=())[0]
    with serving.ours(run.copy("idle"), workers=1) as server:
        time.sleep(SETTLES)
        fresh = [server.memory()]
        for request in islice(submits.ours(run, said), FIRST):  # they load what screens
            load.once(server.port, request)
        time.sleep(SETTLES)
        idle = [server.memory()]
    with serving.ours(run.copy("loaded"), workers=2) as server:
        loaded = _under_load(run, server, said)
    return [
        *_figures("idle, one worker with screening, as started", fresh, IDLE),
        *_figures("idle, one worker with screening, used", idle, IDLE),
        *_figures("most under load, two workers", loaded, LOADED),
    ]


def _figures(when: str, seen: list[tuple[float, float]], goal: float) -> list[Figure]:
    """The most that was seen. PSS is the goal's: it counts once what several processes share."""
    name = NAME.format(when)
    pss, rss = (max(each) for each in zip(*seen, strict=True))
    against = f"{goal:g} MB"
    return [
        Figure(f"{name} (PSS)", "MB", [pss], against, [goal], 1, at_least=False),
        Figure(f"{name} (RSS)", "MB", [rss], against, [goal]),
    ]


def _hand_in(run: Run, server: Server, said: list[str], *, seconds: float) -> None:
    sent = list(islice(submits.ours(run, said), int(submits.MOST * seconds)))
    load.once(server.port, sent.pop())
    done = load.drive(server.port, sent, connections=4, seconds=seconds)
    checked(done, sent[0])


def _under_load(run: Run, server: Server, said: list[str]) -> list[tuple[float, float]]:
    """Everybody reads, some signed in, and comments come in; looked at every second."""
    seconds = max(6.0, 10 * run.seconds)
    pages = [load.get(SHORT), load.get(LONG), load.get(f"{LONG}?sort=oldest"), crowd.get(1, LONG)]
    reading = threading.Thread(
        target=load.drive,
        args=(server.port, pages),
        kwargs={"connections": CONNECTIONS, "seconds": seconds},
    )
    writing = threading.Thread(
        target=_hand_in, args=(run, server, said), kwargs={"seconds": seconds}
    )
    seen = []
    reading.start()
    writing.start()
    while writing.is_alive():
        time.sleep(1)
        seen.append(server.memory())
    reading.join()
    writing.join()
    return seen
