"""What a worker weighs with and without its instruments; measured in a process of its own.

`python -m tests.bench.memory INSTANCE` prints MB for libraries and code, MB for the site's kit
with one comment screened, and the milliseconds it takes to build the kit.
"""

import gc
import importlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# the rooms below screening, and what they need: a worker has them anyway
WITHOUT = (
    "moderation.articles.admin",
    "moderation.cases.together",
    "moderation.outbox.delivery",
    "moderation.people.views",
    "moderation.policy.views",
    "moderation.reading.views",
)
WITH = "moderation.screening.service"


@dataclass(frozen=True)
class Weight:
    """code, kit: MB of resident memory. ready_in: ms from nothing to a kit, once a process."""

    code: float
    kit: float
    ready_in: float


def of_a_worker(instance: Path) -> Weight:
    """Measured anew."""
    asked = [sys.executable, "-m", __name__, str(instance)]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True)
    return Weight(*map(float, answer.stdout.split()))


def main(instance: str) -> None:
    code = _added_by(_code)
    create_app = importlib.import_module("moderation.app").create_app
    app = create_app({"SECRET_KEY": "only for measuring, " * 3, "INSTANCE": instance})
    with app.app_context():
        took: list[float] = []
        kit = _added_by(lambda: _kit(took))
    print(code, kit, took[0])


def _code() -> None:
    importlib.import_module(WITH)


def _kit(took: list[float]) -> None:
    kit = importlib.import_module("moderation.screening.kit")
    screening = importlib.import_module("moderation.screening.service")
    site, article, author = importlib.import_module("tests.bench.planting").known()
    began = time.perf_counter()
    kit.of(site)
    took.append((time.perf_counter() - began) * 1000)
    for _ in range(3):
        screening.look(site, article, author=author, body="You idiot, write to me: a@b.example")


def _added_by(step: object) -> float:
    assert callable(step)
    gc.collect()
    before = _resident()
    step()
    gc.collect()
    return _resident() - before


def _resident() -> float:
    """MB, shared libraries included."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    for name in WITHOUT:
        importlib.import_module(name)
    main(sys.argv[1])
