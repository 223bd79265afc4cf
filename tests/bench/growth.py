"""How each figure grows from the small publication to the large one, both served at once."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from itertools import islice
from urllib.parse import urlencode

from flask import Flask

from moderation.database import db
from tests.bench import crowd, load, newsroom, reading, serving, submits, texts, working
from tests.bench.run import SMALL, Run
from tests.bench.serving import Server
from tests.bench.table import Figure, interleaved
from tests.bench.threads import SHORT, checked, p50

MOST = 1.3  # × at the large size
COUNTS = "counts of 20 articles"
ENOUGH = 2.0  # ms for them
TIMES = 3  # of the desk's steps in a round: one alone is mostly the disk's mood


def measure(run: Run) -> list[Figure]:
    sizes = {"small": run.copy("small"), "large": run.copy("large", run.large)}
    took: dict[str, dict[str, list[float]]] = {}
    said = texts.ordinary(run.data, 10_000)
    with ExitStack() as stack:
        measures: dict[str, Callable[[], float]] = {}
        for size, instance in sizes.items():
            server = stack.enter_context(serving.ours(instance))
            for name, measured in _asked(run, server, said).items():
                measures[f"{size}|{name}"] = measured
        over = interleaved(run.rounds, measures, "growth")
    for key, values in over.items():
        size, _, name = key.partition("|")
        took.setdefault(name, {})[size] = values
    for instance in sizes.values():
        # the same words again and again would be held
        run.changed(instance, newsroom.screening_off)
    took |= _desk(run, {size: reading.opened(instance) for size, instance in sizes.items()})
    return [
        Figure(f"{name}, {run.large:,} comments", "ms", sizes_of["large"], f"{SMALL:,}",
               sizes_of["small"], MOST, at_least=False)
        for name, sizes_of in took.items()
    ] + [
        Figure(f"{COUNTS}, {run.large:,} comments", "ms", took[COUNTS]["large"], f"{ENOUGH:g} ms",
               [ENOUGH] * run.rounds, 1, at_least=False)
    ]  # fmt: skip


def _asked(run: Run, server: Server, said: list[str]) -> dict[str, Callable[[], float]]:
    """The pages, by their time at one connection."""
    comments = submits.ours(run, said)
    load.once(server.port, next(comments))

    def hand_in() -> float:
        sent = list(islice(comments, int(400 * run.seconds)))
        done = load.drive(server.port, sent, connections=1, seconds=run.seconds)
        return checked(done, sent[0]).p50

    return {
        "thread, kept": p50(run, server, load.get(SHORT)),
        "thread, drawn for one reader": p50(run, server, crowd.get(1, SHORT)),
        "is there something new": p50(run, server, load.get(f"{SHORT}/version")),
        COUNTS: p50(run, server, *counts()),
        "handing in, screening on": hand_in,
        "the desk's log": p50(run, server, crowd.get(crowd.MODERATOR, "/review/log")),
    }


def counts() -> list[bytes]:
    """Requests for the counts of 20 articles, others each time."""
    drawn = random.Random(11)
    asked = [drawn.sample(range(newsroom.COUNTED), 20) for _ in range(500)]
    return [
        load.get("/counts?" + urlencode([("url", newsroom.url(n)) for n in some])) for some in asked
    ]


def _desk(run: Run, apps: dict[str, Flask]) -> dict[str, dict[str, list[float]]]:
    """The steps of one comment's way, with their commits."""
    took: dict[str, dict[str, list[float]]] = {}
    for app in apps.values():
        working.once(app, newsroom.slug(0))  # what is built once a process
    for _ in range(run.rounds):
        for size, app in apps.items():
            several = [working.once(app, newsroom.slug(0)) for _ in range(TIMES)]
            for name in several[0]:
                middle = sorted(one[name] for one in several)[TIMES // 2]
                took.setdefault(f"{name}, with commit", {}).setdefault(size, []).append(middle)
    for app in apps.values():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    return took
