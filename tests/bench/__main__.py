"""`make bench`: figures and ratios of one run on this machine."""

import argparse
import tempfile
from pathlib import Path

from tests.bench import reading


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000, help="in the large thread")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moderation-bench-") as folder:
        reading.run(Path(folder), given.comments)


if __name__ == "__main__":
    main()
