"""CPU time by name: steadier than the clock on the wall while others use the machine."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Flask
from werkzeug.test import EnvironBuilder

T = TypeVar("T")


class Stopwatch:
    """What each named step took, in µs of this process's CPU time."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = {}

    def time(self, name: str, step: Callable[[], T]) -> T:
        began = time.process_time_ns()
        value = step()
        self.took.setdefault(name, []).append((time.process_time_ns() - began) / 1000)
        return value


def median(costs: Sequence[float]) -> float:
    return statistics.median(costs)


def nearly_all(costs: Sequence[float]) -> float:
    """The 99th percentile."""
    return percentile(costs, 0.99)


def percentile(costs: Sequence[float], part: float) -> float:
    """part: 0 to 1."""
    return sorted(costs)[min(len(costs) - 1, int(len(costs) * part))]


def hello() -> Callable[[], None]:
    """The smallest Flask page, to be timed beside what is measured: machines and hours differ."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    environ = EnvironBuilder().get_environ()

    def answer() -> None:
        said = app.wsgi_app(dict(environ), lambda *_given: print)
        for _ in said:
            pass

    return answer
