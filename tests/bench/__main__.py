"""`make bench`: figures and ratios of one run on this machine."""

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import reading, screening, working, worth


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000, help="in the large thread")
    parser.add_argument("--open-cases", type=int, default=20_000, help="on the desk")
    parser.add_argument("--only", choices=("reading", "working", "screening", "worth"))
    given = parser.parse_args()
    named = os.environ.get("MODERATION_TEST_DATA")
    data = Path(named) if named else None
    with tempfile.TemporaryDirectory(prefix="moderation-bench-") as folder:
        at = Path(folder)
        parts: dict[str, Callable[[], None]] = {
            "reading": lambda: reading.run(at / "reading", given.comments),
            "working": lambda: working.run(at / "working", given.open_cases),
            "screening": lambda: screening.run(at / "screening", data),
            "worth": lambda: worth.run(at / "worth", data),
        }
        for name, part in parts.items():
            if given.only in {None, name}:
                part()


if __name__ == "__main__":
    main()
