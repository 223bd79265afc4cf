"""Processes that count in one folder, and what becomes of what the dead have counted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from moderation.metrics.folder import Folder
from tests.seeing.looking import Numbers, read, value

PROCESS = """
import sys
from pathlib import Path
from moderation.metrics import Finished, numbers
numbers.share(Path(sys.argv[1]), "web", lambda: 3)
for _ in range(int(sys.argv[2])):
    numbers.finished(Finished("GET", "/", 200, 0.02, 1, 0.01))
numbers.duty_success.labels("mail").set(int(sys.argv[2]))
numbers.mail_up.set(int(sys.argv[3]))
numbers._tell()
print("counted", flush=True)
sys.stdin.read()
"""


def process(instance: Path, count: int, mail_up: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROCESS, str(instance), str(count), str(mail_up)]
    started = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert started.stdout is not None
    while started.stdout.readline() != "counted\n":
        assert started.poll() is None
    return started


def killed(gone: subprocess.Popen[str]) -> None:
    gone.send_signal(signal.SIGKILL)
    gone.communicate()


def look(instance: Path) -> Numbers:
    registry = CollectorRegistry()
    with Folder(instance).together() as collector:
        registry.register(collector)
        return read(generate_latest(registry).decode())


def files(instance: Path) -> int:
    return len(list((instance / "metrics").iterdir()))


def test_the_dead_are_counted_and_not_there(tmp_path: Path) -> None:
    first, second = process(tmp_path, 10, 1), process(tmp_path, 5, 0)
    both = look(tmp_path)
    assert value(both, "processes") == 2
    assert value(both, "connections_in_use") == 6
    assert value(both, "mail_up") == 0, "what was seen last"

    killed(first)
    left = look(tmp_path)
    assert value(left, "processes") == 1
    assert value(left, "connections_in_use") == 3
    killed(second)
    none = look(tmp_path)
    assert value(none, "processes") == 0
    for found in (both, left, none, look(tmp_path)):
        assert value(found, "requests_total", status="2xx") == 15
        assert value(found, "request_seconds_count") == 15
        assert value(found, "request_seconds_bucket", le="0.025") == 15
        assert value(found, "statements_total") == 15
        assert value(found, "duty_last_success_timestamp_seconds", duty="mail") == 10
        assert value(found, "mail_up") == 0


def test_however_many_die_the_folder_does_not_grow(tmp_path: Path) -> None:
    counts: list[int] = []
    for _ in range(3):
        killed(process(tmp_path, 1, 1))
        assert value(look(tmp_path), "requests_total") == len(counts) + 1
        counts.append(files(tmp_path))
    assert len(set(counts)) == 1


def test_a_start_begins_at_nothing_but_for_those_who_live(tmp_path: Path) -> None:
    Folder(tmp_path).clear()
    gone, alive = process(tmp_path, 10, 1), process(tmp_path, 5, 1)
    killed(gone)
    look(tmp_path)
    Folder(tmp_path).clear()
    assert value(look(tmp_path), "requests_total") == 5
    killed(alive)
    Folder(tmp_path).clear()
    assert look(tmp_path) == {}
    assert [file.name for file in (tmp_path / "metrics").iterdir()] == ["lock"]


def has_holes(file: Path) -> bool:
    """Whether some of it lies nowhere on the disk yet."""
    with file.open("rb") as opened:
        return os.lseek(opened.fileno(), 0, os.SEEK_HOLE) < file.stat().st_size


def test_who_counts_needs_no_more_room(tmp_path: Path) -> None:
    """On a full disk the first look at a page of a file that is not there yet kills a process."""
    gone, alive = process(tmp_path, 1, 1), process(tmp_path, 1, 1)
    killed(gone)
    look(tmp_path)
    counted = list((tmp_path / "metrics").glob("*.db"))
    assert len({file.name.rpartition("_")[2] for file in counted}) == 2
    assert [file.name for file in counted if has_holes(file)] == []
    killed(alive)


EVERYTHING = """
import sys
from pathlib import Path
from moderation.app import create_app
from moderation.metrics import Finished, numbers
numbers.share(Path(sys.argv[1]), "web", lambda: 3)
for rule in create_app({"INSTANCE": sys.argv[1], "ACCESS_LOG": "off"}).url_map.iter_rules():
    for method in sorted(rule.methods - {"OPTIONS"}):
        for status in (200, 304, 404, 500):
            numbers.finished(Finished(method, rule.rule, status, 0.02, 1, 0.01))
numbers._tell()
"""


def test_everything_that_is_counted_has_room(tmp_path: Path) -> None:
    """Twice over, for what is still to come."""
    subprocess.run([sys.executable, "-c", EVERYTHING, str(tmp_path)], check=True, timeout=60)
    files = list((tmp_path / "metrics").glob("*.db"))
    assert files
    for file in files:
        used = int.from_bytes(file.read_bytes()[:4], sys.byteorder)
        assert used * 2 < file.stat().st_size, file.name
        assert not has_holes(file)


def test_where_there_is_no_room_each_counts_alone(tmp_path: Path) -> None:
    (tmp_path / "metrics").touch()  # no folder can be made here
    alone = process(tmp_path, 3, 1)
    killed(alone)
    assert (tmp_path / "metrics").read_bytes() == b""
