"""`make bench`: figures as ratios of one run on this machine, in one table; parts in detail."""

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    disk,
    drawing,
    growth,
    large,
    load,
    partitions,
    reading,
    screening,
    seeing,
    storm,
    submits,
    table,
    threads,
    weight,
    working,
    worth,
)
from tests.bench.run import Run, quick
from tests.bench.table import Figure

DOCS = Path(__file__).parents[2] / "docs"
TABLE = {
    "threads": threads.measure,
    "submits": submits.measure,
    "growth": growth.measure,
    "weight": weight.measure,
    "storm": storm.measure,
}
PARTS = (
    "reading", "working", "screening", "worth", "seeing", "partitions", "disk", "ten-million",
)  # fmt: skip


def main() -> None:
    given = _arguments()
    named = os.environ.get("MODERATION_TEST_DATA")
    data = Path(named) if named else None
    with tempfile.TemporaryDirectory(prefix="moderation-bench-") as folder:
        at = Path(folder)
        at.chmod(0o711)  # PostgreSQL, as another user, passes through
        rounds = given.rounds or 15
        parts: dict[str, Callable[[], None]] = {
            "reading": lambda: reading.run(at / "reading", given.comments or 100_000),
            "working": lambda: working.run(at / "working", given.open_cases),
            "screening": lambda: screening.run(at / "screening", data),
            "worth": lambda: worth.run(at / "worth", data),
            "seeing": lambda: seeing.run(at / "seeing"),
            "partitions": lambda: partitions.run(at, given.comments or 1_000_000, rounds),
            "disk": lambda: disk.run(at, data),
            "ten-million": lambda: large.measure(
                Run(at, data, rounds=rounds, seconds=2.0), given.comments or 10_000_000
            ),
        }
        if given.only in parts:
            parts[given.only]()
        else:
            _table(given, at, data)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="rough figures in a minute or two")
    parser.add_argument("--rounds", type=int, help="of each figure, 15 unless --quick")
    parser.add_argument("--save", action="store_true", help="write docs/bench.csv and .svg")
    parser.add_argument("--comments", type=int, help="in the large publication or thread")
    parser.add_argument("--open-cases", type=int, default=20_000, help="on the desk, in detail")
    only = "one part of the table, or in detail: " + ", ".join(PARTS)
    parser.add_argument("--only", choices=(*TABLE, *PARTS), help=only)
    return parser.parse_args()


def _table(given: argparse.Namespace, folder: Path, data: Path | None) -> None:
    chosen = {"rounds": given.rounds, "large": given.comments}
    wanted = {name: value for name, value in chosen.items() if value}
    run = (quick if given.quick else Run)(folder, data, **wanted)
    facts = table.machine(load.prepare())
    figures: list[Figure] = []
    failed: list[str] = []
    for part in [given.only] if given.only else list(TABLE):
        try:
            figures += TABLE[part](run)
        except SystemExit as error:  # the others are worth having
            failed.append(f"{part}: {error}")
    table.show(figures, facts)
    if given.save:
        table.save(figures, facts, DOCS / "bench.csv")
        (DOCS / "bench.svg").write_text(drawing.ratios(figures, facts), encoding="utf-8")
    if failed:
        raise SystemExit("\n".join(failed))


if __name__ == "__main__":
    main()
