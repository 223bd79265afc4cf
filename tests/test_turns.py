"""Writers on SQLite stand in a line."""

import threading
import time

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
