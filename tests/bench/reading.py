"""What reading a thread costs inside the process: asking for the version against a rendering."""

import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from moderation.app import create_app
from moderation.database import db
from moderation.migrations import service as migrations
from moderation.policy import service as policy
from moderation.reading.shared import SharedPages
from moderation.sites import service as sites
from tests import factories
from tests.bench import seed
from tests.statements import counted

SETTINGS = {"SECRET_KEY": "only for measuring, " * 3}
SMALL = 1_000


def run(instance: Path, comments: int) -> None:
    """Print everything about reading; `comments` in the large thread."""
    app = prepared(instance)
    began = time.perf_counter()
    small, large = _planted(app, comments)
    print(f"seeded {SMALL:,} and {comments:,} comments in {time.perf_counter() - began:.1f} s")
    page = app.test_client().get(large).data
    print(f"page of 50 comments and their replies: {len(page) / 1024:.0f} KiB\n")
    _in_process(app, small, large)


def opened(instance: Path, **settings: str) -> Flask:
    """The application on what is in `instance`."""
    return create_app({**SETTINGS, "INSTANCE": str(instance), **settings})


def prepared(instance: Path, **settings: str) -> Flask:
    """An application with one site and its policy, on SQLite in `instance` by default."""
    app = opened(instance, **settings)
    with app.app_context():
        migrations.upgrade()
        policy.publish_starter(sites.add("main", name="Bench", url="http://localhost"))
        db.session.commit()
    return app


def _planted(app: Flask, comments: int) -> tuple[str, str]:
    with app.app_context():
        authors = [factories.person().id for _ in range(50)]
        articles = [factories.article(slug="small"), factories.article(slug="large")]
        for article, wanted in zip(articles, (SMALL, comments), strict=True):
            seed.thread(article, authors, roots=wanted // 2, replies=1)
        db.session.commit()
    return "/articles/small", "/articles/large"


def _in_process(app: Flask, small: str, large: str) -> None:
    shared = app.wsgi_app
    if not isinstance(shared, SharedPages):
        raise SystemExit("The shared pages do not stand in front.")
    inner = shared.inner
    one, two, poll = (_environ(path) for path in (small, large, f"{large}/version"))
    costs = {
        "ask for the version": lambda: shared.state(two),
        "answer the shared page": lambda: _call(shared, two),
        f"render, {SMALL:,} comments": lambda: _call(inner, one),
        "render, large thread": lambda: _call(inner, two),
        "poll /version": lambda: _call(inner, poll),
    }
    took: dict[str, list[float]] = {name: [] for name in costs}
    for _ in range(40):  # interleaved, so that a noisy neighbour hits all
        for name, cost in costs.items():
            took[name].append(timed(cost))
    with counted(app) as seen:
        _call(inner, two)
    print("in process, median of 40            µs")
    for name, times in took.items():
        print(f"  {name:28} {statistics.median(times):9,.0f}")
    asking, rendering = (
        statistics.median(took[name]) for name in ("ask for the version", "render, large thread")
    )
    print(
        f"  rendering costs {rendering / asking:,.0f} times as much as asking "
        f"and takes {len(seen)} queries\n"
    )


def _environ(path: str) -> dict[str, Any]:
    headers = Headers({"Accept-Encoding": "gzip"})
    return dict(EnvironBuilder(path=path, headers=headers).get_environ())


def _call(app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> None:
    answer = app(dict(environ), lambda *_given: None)
    for _ in answer:
        pass
    if hasattr(answer, "close"):
        answer.close()


def timed(action: Callable[[], object]) -> float:
    """Microseconds."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1e6
