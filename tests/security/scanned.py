"""The demo for scanners: nobody is told to wait, or they would see little but that.

`python -m tests.security.scanned PORT`, with MODERATION_INSTANCE.
"""

import sys

from moderation import cli
from moderation.people import throttle


def main() -> None:
    throttle._refuse = lambda *_: None  # type: ignore[assignment]
    cli.main(["demo", "--port", sys.argv[1]])


if __name__ == "__main__":
    main()
