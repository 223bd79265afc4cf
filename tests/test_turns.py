"""Writers on SQLite stand in a line."""

import errno
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from moderation.database import db, will_read
from moderation.turns import Turns


def test_whoever_waited_longest_is_next() -> None:
    turns, order = Turns(), []
    turns.take(patience=1)

    def wait(number: int) -> None:
        turns.take(patience=5)
        order.append(number)
        turns.give()

    line = []
    for number in range(5):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        line.append(thread)
        while len(turns._waiting) <= number:
            time.sleep(0.001)
    turns.give()
    for thread in line:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_whoever_gives_up_leaves_the_line() -> None:
    turns = Turns()
    assert turns.take(patience=0)
    assert not turns.take(patience=0.01)
    turns.give()
    assert turns.take(patience=0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_reading_waits_for_nobody(app: Flask) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE site SET name = 'Being renamed'"))
        seen = []

        def read() -> None:
            with app.app_context():
                will_read()
                seen.append(db.session.scalar(text("SELECT name FROM site")))

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=5)
        db.session.rollback()
    assert seen == ["The Daily Test"]


def rename_and_fail(app: Flask) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE site SET name = 'Never'"))
        raise ZeroDivisionError


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_failed_writer_gives_its_turn_away(app: Flask) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            rename_and_fail(app)
    with app.app_context():
        assert db.session.scalar(text("SELECT name FROM site")) == "The Daily Test"


WRITER = """
import sys, time
from moderation.turns import Turns
name, file, times = sys.argv[1:]
turns = Turns(file)
for _ in range(int(times)):
    assert turns.take(patience=30)
    with open(file, "a") as written:
        written.write(name)
    time.sleep(0.005)
    turns.give()
print("done")
"""


def begun(name: str, file: Path, times: int) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", WRITER, name, str(file), str(times)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_processes_take_turns(tmp_path: Path) -> None:
    """None is passed by again and again while it waits, however eager the other is."""
    file = tmp_path / "written"
    ours = Turns(str(file))
    assert ours.take(patience=5)
    writers = [begun(name, file, 50) for name in "ab"]
    time.sleep(1)  # both stand in the line
    assert not file.exists()
    ours.give()
    assert [writer.communicate(timeout=60)[0] for writer in writers] == ["done\n"] * 2
    order = file.read_text("ascii")
    assert (order.count("a"), order.count("b")) == (50, 50)
    while_both_wait = order[: min(order.rindex("a"), order.rindex("b")) + 1]
    assert max(map(len, re.findall("a+|b+", while_both_wait))) <= 4, order


def test_a_turn_among_processes_does_not_come_for_ever(tmp_path: Path) -> None:
    file = str(tmp_path / "written")
    one, other = Turns(file), Turns(file)  # as in two processes: each opens the file itself
    assert one.take(patience=1)
    assert not other.take(patience=0.01)
    assert not other.take(patience=0.01), "the line is free again"
    one.give()
    assert other.take(patience=1)
    other.give()


def test_without_a_place_for_its_files_nobody_is_kept(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "gone" / "written"))
    for _ in range(2):
        assert not turns.take(patience=1)


def test_where_files_cannot_be_locked_none_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_given: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("moderation.turns.fcntl.flock", unknown)
    turns = Turns(str(tmp_path / "written"))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        assert not turns.take(patience=1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_whoever_dies_gives_their_turn_back(tmp_path: Path) -> None:
    file = tmp_path / "written"
    dying = subprocess.Popen(
        [sys.executable, "-c", WRITER.replace("print", "turns.take(patience=1);print"), "a",
         str(file), "1"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    dying.communicate(timeout=60)
    assert Turns(str(file)).take(patience=1)
