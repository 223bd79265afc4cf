"""The folder in which the processes of one machine count together.

Each has files and a name of its own, and holds a lock on `NAME.alive` as long as it lives: whoever
finds that lock free knows that it is gone, however it went and whatever numbers processes have.

The files are mapped, so all of their room is taken before: a process that touches a page of them
for which the disk has no room is killed by the system, and so would be each that takes its place.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

GONE = "gone"  # the name under which we keep what those have counted that are no more
LIVE = "gauge_live"  # begins the files of numbers that only the living have
# bytes of each kind's file: twice what all routes together need, so that none ever grows
ROOM = {
    "counter": 1 << 19,
    "histogram": 1 << 21,
    "gauge_livesum": 1 << 16,
    "gauge_max": 1 << 16,
    "gauge_mostrecent": 1 << 16,
}


class Folder:
    """`metrics` in the instance folder."""

    def __init__(self, instance: Path) -> None:
        self._path = instance / "metrics"
        self._alive: TextIOWrapper | None = None

    def join(self) -> None:
        """Metrics made from now on count here; for the rest of this process's life.

        Raises OSError if there is no room for them.
        """
        self._path.mkdir(mode=0o700, exist_ok=True)
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        with self._undisturbed():  # nobody sees the file before it is locked
            self._alive = (self._path / f"{name}.alive").open("w")
            fcntl.flock(self._alive, fcntl.LOCK_EX)
            for kind in ROOM:
                self._take_room(kind, name)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self._path)  # where the library looks
        values.ValueClass = values.MultiProcessValue(lambda: name)  # type: ignore[no-untyped-call]

    @contextmanager
    def together(self) -> Iterator[MultiProcessCollector]:
        """What all have counted, and what only those that live have."""
        with self._undisturbed():
            for file in self._of_the_gone():
                with suppress(OSError):  # without room it stays where it is, and counts there
                    self._keep(file)
            yield MultiProcessCollector(None, path=str(self._path))  # type: ignore[no-untyped-call]

    def clear(self) -> None:
        """Begin at 0, but for processes that live."""
        if self._path.is_dir():
            with self._undisturbed():
                for file in (*self._of_the_gone(), *self._path.glob(f"*_{GONE}.db")):
                    file.unlink()

    def _of_the_gone(self) -> list[Path]:
        for alive in self._path.glob("*.alive"):
            with alive.open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                alive.unlink()
        living = {GONE, *(alive.stem for alive in self._path.glob("*.alive"))}
        return [file for file in self._path.glob("*.db") if _whose(file) not in living]

    def _keep(self, file: Path) -> None:
        """Into the file of the gone, so that there are never more than those of the living."""
        kind = file.stem.rpartition("_")[0]
        if not kind.startswith(LIVE):
            kept = MmapedDict(str(self._take_room(kind, GONE)))  # type: ignore[no-untyped-call]
            for key, value, moment, _ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
                had, had_at = kept.read_value(key)  # type: ignore[no-untyped-call]
                kept.write_value(key, *_both(kind, (had, had_at), (value, moment)))  # type: ignore[no-untyped-call]
            kept.close()  # type: ignore[no-untyped-call]
        file.unlink()

    def _take_room(self, kind: str, name: str) -> Path:
        """The file, whole; empty if there was none. Raises OSError, and leaves none."""
        file = self._path / f"{kind}_{name}.db"
        if not file.exists():
            try:
                file.write_bytes(bytes(ROOM[kind]))
            except OSError:
                file.unlink(missing_ok=True)
                raise
        return file

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        with (self._path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _whose(file: Path) -> str:
    return file.stem.rpartition("_")[2]


def _both(kind: str, one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Two processes' (value, moment) as one."""
    match kind:
        case "gauge_max":
            return max(one[0], other[0]), 0.0
        case "gauge_mostrecent":
            return max(one, other, key=lambda each: each[1])
    return one[0] + other[0], 0.0
