"""What it costs to be seen: an ordinary request, one statement, a page for everybody."""

import contextlib
import random
import statistics
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import thread_time_ns
from typing import Any

from flask import Flask

from moderation import access, logs, statements
from moderation.app import create_app
from moderation.database import db
from moderation.metrics import numbers
from tests.bench import reading

PAGES = ("/", "/sign-in")
ROUNDS = 1500
STATEMENTS = 20_000
ANSWERS = 1_000_000


def run(instance: Path) -> None:
    """Print medians, each thing and the same without being seen in turns."""
    prepared = reading.prepared(instance)
    with prepared.app_context():
        db.engine.dispose()
    numbers.share(instance, "web", lambda: 0)
    with (instance / "access.log").open("w") as lines, contextlib.redirect_stderr(lines):
        logs.configure()
        app = create_app({"INSTANCE": str(instance), "SECRET_KEY": "k" * 32})
        with app.app_context():
            app.extensions["bench_engine"] = db.engine
        told = [_of_a_request(app, page) for page in PAGES]
    print("\nbeing seen, medians in turns")
    print("\n".join(told))
    _of_a_statement()
    _of_a_shared_page()


def _of_a_request(app: Flask, page: str) -> str:
    """One application, which is told before each request how it is seen."""
    ask = _asking(app, page)
    took: dict[str, list[float]] = {name: [] for name in ("unseen", "counted", "told")}
    for number in range(ROUNDS + 50):
        for name in random.sample(sorted(took), 3):
            with _seen(app, name):
                began = thread_time_ns()
                ask()
                spent = (thread_time_ns() - began) / 1000
            if number >= 50:
                took[name].append(spent)
    unseen, counted, told = (statistics.median(each) for each in took.values())
    return (
        f"  {page:<10} µs: unseen {unseen:.0f}   counted {counted / unseen - 1:+.1%}   "
        f"with its line in the log {told / unseen - 1:+.1%}"
    )


@contextmanager
def _seen(app: Flask, how: str) -> Iterator[None]:
    app.extensions["access_log"] = how == "told"
    hooks: Any = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    kept = [list(hook[None]) for hook in hooks]
    dialect: Any = app.extensions["bench_engine"].dialect
    watched = dialect.do_execute
    if how == "unseen":
        for hook in hooks:
            hook[None] = [each for each in hook[None] if each.__module__ != access.__name__]
        dialect.do_execute = type(dialect).do_execute.__get__(dialect)
    yield
    dialect.do_execute = watched
    for hook, had in zip(hooks, kept, strict=True):
        hook[None] = had


def _asking(app: Flask, page: str) -> Callable[[], object]:
    """Without the test client, which costs as much as the page."""
    environ = app.test_request_context(page).request.environ

    def ask() -> None:
        list(app.wsgi_app(dict(environ), lambda *_given: print))

    return ask


def _of_a_statement() -> None:
    """Around nothing, so that only what is added is timed."""

    def nothing(_cursor: object, _sql: str, _given: object, _context: object) -> None:
        pass

    watched = statements._watched(nothing, 0.2)
    statements.begin()
    costs = [
        min(timeit.repeat(lambda: run(None, "SELECT 1", (), None), number=STATEMENTS, repeat=7))  # noqa: B023
        for run in (nothing, watched)
    ]
    statements.end()
    print(f"  a statement: +{(costs[1] - costs[0]) / STATEMENTS * 1e6:.2f} µs")


def _of_a_shared_page() -> None:
    count = timeit.repeat(
        "numbers.shared.sent += 1", globals={"numbers": numbers}, number=ANSWERS, repeat=7
    )
    print(f"  a page for everybody: +{min(count) / ANSWERS * 1e6:.3f} µs")
