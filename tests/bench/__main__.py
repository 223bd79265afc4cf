"""`make bench`: figures and ratios of one run on this machine."""

import argparse
import tempfile
from pathlib import Path

from tests.bench import reading, working


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000, help="in the large thread")
    parser.add_argument("--open-cases", type=int, default=20_000, help="on the desk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moderation-bench-") as folder:
        reading.run(Path(folder) / "reading", given.comments)
        working.run(Path(folder) / "working", given.open_cases)


if __name__ == "__main__":
    main()
